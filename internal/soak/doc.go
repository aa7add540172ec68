// Package soak runs several instances of the binary behind a proxy for a
// while, kills them with SIGKILL again and again, and checks that nothing is
// lost, doubled or left alive that was revoked. `make soak` runs it for long;
// there is nothing to import.
package soak
