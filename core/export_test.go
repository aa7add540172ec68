package core

// PluginOf tells tests which plugin a registrar is for.
func PluginOf(r *Registrar) string { return r.plugin }
