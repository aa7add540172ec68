package emailotp_test

import (
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/emailotp"
)

// race sends one request from 64 browsers at once and counts the answers by
// status.
func race(s *authtest.Server, path string, in body) map[int]int {
	counts, mu, wg := map[int]int{}, sync.Mutex{}, sync.WaitGroup{}
	for range 64 {
		wg.Go(func() {
			a := s.Client().Post(path, in)
			mu.Lock()
			counts[a.Status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return counts
}

// TestOT04 is the catalogue's OT-04: a code works once, however many type it
// at once.
func TestOT04(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{}))
		if counts := race(s, "/sign-in/email-otp", body{"email": email, "otp": code(s, emailotp.SignIn)}); counts[200] != 1 {
			t.Errorf("sign-in: %v", counts)
		}
		if sessions, err := s.Context().Sessions().List(s.User(email).ID); err != nil || len(sessions) != 1 {
			t.Errorf("%d sessions, %v", len(sessions), err)
		}
		if counts := race(s, "/email-otp/verify-email", body{"email": email, "otp": code(s, emailotp.EmailVerification)}); counts[200] != 1 {
			t.Errorf("verify-email: %v", counts)
		}
		in := body{"email": email, "otp": code(s, emailotp.ForgetPassword), "password": "another password"}
		if counts := race(s, "/email-otp/reset-password", in); counts[200] != 1 {
			t.Errorf("reset-password: %v", counts)
		}
	})
}

// TestOT05 is the catalogue's OT-05: three wrong guesses are all, however many
// are made at once, and a new code does not bring the old one back.
func TestOT05(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{}))
		otp := code(s, emailotp.SignIn)
		counts := race(s, "/sign-in/email-otp", body{"email": email, "otp": wrong(otp)})
		if counts[403] != 1 || counts[400] != 63 {
			t.Errorf("%v", counts)
		}
		signIn(s, otp).WantCode(400, "INVALID_OTP")
		next := code(s, emailotp.SignIn)
		if next != otp {
			signIn(s, otp).WantCode(400, "INVALID_OTP")
		}
		for range 2 {
			signIn(s, wrong(next)).WantCode(400, "INVALID_OTP")
		}
		if next == otp {
			signIn(s, wrong(next)).WantCode(400, "INVALID_OTP")
		}
		signIn(s, wrong(next)).WantCode(403, "TOO_MANY_ATTEMPTS")
		signIn(s, next).WantCode(400, "INVALID_OTP")
	})
}

// Asking whether a code is right counts like any other guess.
func TestCheckingIsGuessing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{AllowedAttempts: 2}))
	s.SignUp(email)
	otp := code(s, emailotp.SignIn)
	check := func(code string) *authtest.Answer {
		return s.Client().Post("/email-otp/check-verification-otp", body{"email": email, "type": emailotp.SignIn, "otp": code})
	}
	for range 5 {
		check(otp).Want(200)
	}
	check(wrong(otp)).WantCode(400, "INVALID_OTP")
	check(otp).Want(200)
	check(wrong(otp)).WantCode(400, "INVALID_OTP")
	check(otp).WantCode(403, "TOO_MANY_ATTEMPTS")
	signIn(s, otp).WantCode(400, "INVALID_OTP")
}

// TestOT06 is the catalogue's OT-06: a code is for one purpose.
func TestOT06(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{AllowChangeEmail: true, AllowedAttempts: 1000}))
	ada := s.SignUp(email)
	use := map[string]func(code string) *authtest.Answer{
		emailotp.SignIn: func(code string) *authtest.Answer { return signIn(s, code) },
		emailotp.EmailVerification: func(code string) *authtest.Answer {
			return ada.Post("/email-otp/verify-email", body{"email": email, "otp": code})
		},
		emailotp.ForgetPassword: func(code string) *authtest.Answer {
			return ada.Post("/email-otp/reset-password", body{"email": email, "otp": code, "password": "another password"})
		},
		emailotp.ChangeEmail: func(code string) *authtest.Answer {
			return ada.Post("/email-otp/change-email", body{"newEmail": "new@example.com", "otp": code})
		},
	}
	for _, made := range []string{emailotp.EmailVerification, emailotp.ForgetPassword, emailotp.SignIn} {
		otp := code(s, made)
		for used, try := range use {
			if used != made {
				try(otp).WantCode(400, "INVALID_OTP")
			}
		}
		use[made](otp).Want(200)
	}
}

// TestOT07 is the catalogue's OT-07: whoever signed up with an address that is
// not theirs has nothing left when its owner signs in by a code.
func TestOT07(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{}))
		attacker := s.SignUp(email)
		signIn(s, code(s, emailotp.SignIn)).Want(200, s.User(email).ID)
		attacker.Get("/get-session").WantBody(200, "null")
		s.Client().Post("/sign-in/email", body{"email": email, "password": authtest.Password}).Want(401)
	})
}

// TestOT08 is the catalogue's OT-08: the code is mailed to the address as it is
// stored.
func TestOT08(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{}))
	s.SignUp(email)
	for _, path := range []string{"/email-otp/send-verification-otp", "/email-otp/request-password-reset"} {
		s.Client().Post(path, body{"email": "ADA@Example.COM", "type": "sign-in"}).Want(200)
		if m := s.Message(emailotp.Message); m.To != email {
			t.Errorf("%s mailed to %s", path, m.To)
		}
		for _, spelling := range []string{"ａda@example.com", "ada@example.com ", "\u212Aate@example.com"} {
			s.Client().Post(path, body{"email": spelling, "type": "sign-in"}).WantCode(400, "INVALID_EMAIL")
		}
	}
	s.NoMessage()
}

// TestOT16 is the catalogue's OT-16: without sign-up, unknown addresses get
// the same answer, no mail and no user.
func TestOT16(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{DisableSignUp: true}))
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).WantBody(200, `{"success":true}`)
	if _, err := s.Context().Verifications().Create("sign-in-otp-"+email, "123456:0", 1e12); err != nil {
		t.Fatal(err)
	}
	signIn(s, "123456").WantCode(400, "INVALID_OTP")
	if _, err := s.Context().Users().ByEmail(email); err == nil {
		t.Error("there is a user")
	}
	s.NoMessage()
}

// TestPW13 is the catalogue's PW-13: blank codes match nothing.
func TestPW13(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{AllowedAttempts: 100}))
	s.SignUp(email)
	code(s, emailotp.SignIn)
	for _, otp := range []string{"", " ", "null", "0", "\x00", ":", ":0"} {
		signIn(s, otp).WantCode(400, "INVALID_OTP")
	}
	for _, otp := range []any{nil, 0, []string{}, body{}} {
		s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": otp}).WantCode(400, "VALIDATION_ERROR")
	}
}
