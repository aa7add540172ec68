// Package harness runs the binary for black-box tests: raw HTTP/1.1, requests
// that are released together, mailboxes, providers and canaries on loopback,
// and storage read behind the instance's back.
//
//	lab := harness.NewLab(t, binary)
//	s := lab.Site(t, harness.SQLite, nil)
//	ada := s.SignUp(s.Address("ada"))
//	w := s.Watch(ada.User())
//	w.Refused(ada.Post("/change-password", harness.JSON{…}), 400, "INVALID_PASSWORD")
//
// A [Lab] is safe for concurrent use, a [Site] is for one test, a [Client] for
// one goroutine.
package harness
