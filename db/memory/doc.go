// Package memory keeps rows in the process: for tests, for development, and
// for programs that need no state beyond their own life.
//
//	store := memory.New()
//
// It is a whole engine: unique rules, foreign keys with their actions on
// deletion, and true transactions, so that what works here works on a database
// server. A table need not be created before it is used. Statements read a
// table from end to end, so it is not for many thousands of rows.
//
// One statement or transaction runs at a time. A statement made outside of a
// running transaction waits for it, and so must not be made from within it.
package memory
