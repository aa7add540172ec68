package mysql

// AsMySQL8 makes the adapter treat its server as MySQL 8: without RETURNING,
// and with references as statements of their own. It shares the connections.
func AsMySQL8(a *Adapter) *Adapter {
	b := assemble(a.handle, serverOf("8.0.41"))
	return b
}
