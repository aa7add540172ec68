// Package integration holds tests that need several rooms and real servers:
// the flows and their races over every engine, with and without Redis, several
// instances at once, and the loss of a server. There is nothing to import.
package integration
