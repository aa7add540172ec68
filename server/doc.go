// Package server is the standalone server: its configuration file, plugin
// table, delivery of messages, HTTP server and commands.
//
//	os.Exit(server.Main(ctx, os.Args[1:], server.System()))
//
// The configuration's keys are those of Better Auth, in its spelling and
// nesting. In production posture nothing is generated or guessed.
package server
