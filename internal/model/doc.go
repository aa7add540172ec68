// Package model holds tests that play random calls on an instance and on a
// model of what it should do, which is a few maps and a clock. Each file has
// the machine of one flow:
//
//	go test ./internal/model -rapid.checks=10000
//
// plays longer. What fails is made smaller before it is shown.
package model
