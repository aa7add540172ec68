package phonenumber_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

// successes makes a call many times at once and counts those that worked.
func successes(n int, call func() *authtest.Answer) int64 {
	var (
		wait sync.WaitGroup
		good atomic.Int64
	)
	for range n {
		wait.Go(func() {
			if call().Status == 200 {
				good.Add(1)
			}
		})
	}
	wait.Wait()
	return good.Load()
}

// TestOT04 is the catalogue's OT-04: a code works once, also when it is sent
// many times at once.
func TestOT04(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, signUp(phonenumber.Options{AllowedAttempts: 100}))
		for range 3 {
			otp := code(s, number)
			if n := successes(12, func() *authtest.Answer { return verify(s.Client(), number, otp) }); n != 1 {
				t.Errorf("a code signed in %d times", n)
			}
		}
		otp := resetCode(s, number)
		if n := successes(6, func() *authtest.Answer { return reset(s, number, otp, "another password") }); n != 1 {
			t.Errorf("a code reset a password %d times", n)
		}
		ada, free := s.SignUp(email), "+1 555 0155"
		otp = code(s, free)
		if n := successes(6, func() *authtest.Answer { return attach(ada.Clone(), free, otp) }); n != 1 {
			t.Errorf("a code proved a number %d times", n)
		}
	})
}

// TestOT05 is the catalogue's OT-05: three guesses are looked at, however many
// are made at once, and a new code brings no old one back.
func TestOT05(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, signUp(phonenumber.Options{}))
		otp := code(s, number)
		looked := atomic.Int64{}
		successes(40, func() *authtest.Answer {
			a := verify(s.Client(), number, wrong(otp))
			if a.Status == 400 && a.Text("code") == "INVALID_OTP" {
				looked.Add(1)
			}
			return a
		})
		if looked.Load() != 3 {
			t.Errorf("%d guesses were looked at", looked.Load())
		}
		verify(s.Client(), number, otp).WantCode(400, "OTP_NOT_FOUND")
		next := code(s, number)
		if next != otp {
			verify(s.Client(), number, otp).WantCode(400, "INVALID_OTP")
		}
		verify(s.Client(), number, next).Want(200)
	})
}

// TestOT06 is the catalogue's OT-06: a code is for one purpose and one number.
func TestOT06(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, signUp(phonenumber.Options{}))
	phoned(s, email, number)
	sign, change := code(s, number), resetCode(s, number)
	if sign == change { // one in a million
		change = resetCode(s, number)
	}
	verify(s.Client(), number, change).WantCode(400, "INVALID_OTP")
	reset(s, number, sign, "another password").WantCode(400, "INVALID_OTP")
	verify(s.Client(), "+1 555 0101", sign).WantCode(400, "OTP_NOT_FOUND")
	verify(s.Client(), number, sign).Want(200)
	reset(s, number, change, "another password").Want(200)
}

// TestOT07: who signed up with somebody else's address cannot come back by
// their own number when its owner arrives.
func TestOT07(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(phonenumber.Options{}), func(o *core.Options) {
			o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{}))
		})
		phoned(s, email, number)
		s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(200)
		owner := s.Client()
		owner.Get(s.Message(magiclink.Message).URL).Want(302)
		owner.Get("/get-session").Want(200, `"phoneNumber":null`, `"phoneNumberVerified":false`)
		verify(s.Client(), number, code(s, number)).WantCode(400, "USER_NOT_FOUND")
		signIn(s, number, authtest.Password).Want(401)
		attach(owner, number, code(s, number)).Want(200)
	})
}

// TestOT09 is the catalogue's OT-09: nobody gives themselves a number.
func TestOT09(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	ada := s.SignUp(email)
	for _, given := range []any{number, "", 5, true, []string{number}, body{}} {
		ada.Post("/update-user", body{"phoneNumber": given}).WantCode(400, "PHONE_NUMBER_CANNOT_BE_UPDATED")
	}
	ada.Post("/update-user", body{"phoneNumberVerified": true}).Want(400)
	ada.Get("/get-session").Want(200, `"phoneNumber":null`)
	up := body{"name": "x", "email": other, "password": authtest.Password, "phoneNumber": number}
	s.Client().Post("/sign-up/email", up).WantCode(400, "PHONE_NUMBER_CANNOT_BE_SET")
	up["phoneNumberVerified"] = true
	if a := s.Client().Post("/sign-up/email", up); a.Status != 400 {
		t.Errorf("a number that proves itself: %d %s", a.Status, a.Body)
	}
	signIn(s, number, authtest.Password).Want(401)

	attach(ada, number, code(s, number)).Want(200)
	ada.Post("/update-user", body{"phoneNumber": nil}).Want(200)
	ada.Get("/get-session").Want(200, `"phoneNumber":null`, `"phoneNumberVerified":false`)
	signIn(s, number, authtest.Password).Want(401)
}

// unproven is an instance that asks for proof, with a user whose number has
// none.
func unproven(t *testing.T) *authtest.Server {
	s := authtest.New(t, with(phonenumber.Options{RequireVerification: true}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, admin.New(admin.Options{DefaultRole: "admin"}))
	})
	boss := s.SignUp(other)
	s.SignUp(email)
	boss.Post("/admin/update-user", body{"userId": s.User(email).ID, "data": body{"phoneNumber": number}}).Want(200, number)
	return s
}

// TestOT10 is the catalogue's OT-10: a number that was not proven resets no
// password.
func TestOT10(t *testing.T) {
	t.Parallel()
	s := unproven(t)
	s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": number}).WantBody(200, `{"status":true}`)
	signIn(s, number, "wrong password").WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
	s.NoMessage()
	if err := s.Context().Verifications().CreateCode("phone-number-reset-"+number, "123456", 1e12); err != nil {
		t.Fatal(err)
	}
	reset(s, number, "123456", "another password").WantCode(400, "PHONE_NUMBER_PENDING_VERIFICATION")
}

// TestProofIsAskedFor: a password signs in once the number was proven by the
// code that the first attempt brings.
func TestProofIsAskedFor(t *testing.T) {
	t.Parallel()
	s := unproven(t)
	signIn(s, number, authtest.Password).WantCode(401, "PHONE_NUMBER_NOT_VERIFIED")
	verify(s.Client(), number, s.Message(phonenumber.Message).Code).Want(200, `"phoneNumberVerified":true`)
	signIn(s, number, authtest.Password).Want(200)
	reset(s, number, resetCode(s, number), "another password").Want(200)
}

// TestOT11 is the catalogue's OT-11: a number that somebody has stays theirs.
func TestOT11(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	ada, eve := phoned(s, email, number), s.SignUp(other)
	attach(eve, number, code(s, number)).WantCode(400, "PHONE_NUMBER_EXIST")
	attach(s.Client(), number, code(s, number)).WantCode(401, "USER_NOT_FOUND")
	ada.Get("/get-session").Want(200, number)
	eve.Get("/get-session").Want(200, `"phoneNumber":null`)
	attach(eve, "+1 555 0101", code(s, "+1 555 0101")).Want(200)
}

// TestNumbersRace: of users who prove one number at once, one has it.
func TestNumbersRace(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(phonenumber.Options{VerifyCode: func(*core.Context, string, string) (bool, error) { return true, nil }}))
		users := make(chan *client, 4)
		for _, name := range []string{"a", "b", "c", "d"} {
			users <- s.SignUp(name + "@example.com")
		}
		if n := successes(4, func() *authtest.Answer {
			a := attach(<-users, number, "any")
			if a.Status != 200 {
				a.WantCode(400, "PHONE_NUMBER_EXIST")
			}
			return a
		}); n != 1 {
			t.Errorf("%d users have one number", n)
		}
	})
}

// TestAnswersTellNothing: a request for a code, and a wrong guess after it, are
// answered alike for known and unknown numbers.
func TestAnswersTellNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	phoned(s, email, number)
	resetCode(s, number)
	for _, unknown := range []string{"+1 555 0199", "+1 555 0198"} {
		s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": unknown}).WantBody(200, `{"status":true}`)
	}
	s.NoMessage()
	var work []int64
	for _, to := range []string{number, "+1 555 0199"} {
		reset(s, to, "x", "another password").WantCode(400, "INVALID_OTP")
		work = append(work, s.Hasher.Work(func() {
			signIn(s, to, "wrong password").WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
		}))
	}
	if work[0] == 0 || work[0] != work[1] {
		t.Errorf("hashes for a known and an unknown number: %d", work)
	}
}

// TestMF03: a password with a number asks for the second factor too.
func TestMF03(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{SkipVerificationOnEnable: true}))
	})
	ada := phoned(s, email, number)
	ada.Post("/two-factor/enable", body{"password": authtest.Password}).Want(200)
	c := s.Client()
	c.Post("/sign-in/phone-number", body{"phoneNumber": number, "password": authtest.Password}).Want(200, `"twoFactorRedirect":true`)
	c.Get("/get-session").WantBody(200, "null")
}

// TestRevokedSessionProvesNothing: a cookie cache is no session.
func TestRevokedSessionProvesNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}), func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp(email)
	stolen := ada.Clone()
	ada.Post("/revoke-sessions", body{}).Want(200)
	attach(stolen, number, code(s, number)).WantCode(401, "USER_NOT_FOUND")
	again := s.SignIn(email)
	attach(again, number, code(s, number)).Want(200)
	again.Get("/get-session").Want(200, number)
}

// TestKeysProveNothing: a session that an API key stands for gets no number to
// sign in with.
func TestKeysProveNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, apikey.New(apikey.Config{Sessions: true}))
	})
	ada := s.SignUp(email)
	program := s.Client()
	program.Headers.Set("X-Api-Key", ada.Post("/api-key/create", body{"name": "ci"}).Want(200).Text("key"))
	program.Get("/get-session").Want(200, email)
	if a := attach(program, number, code(s, number)); a.Status != 401 {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	ada.Get("/get-session").Want(200, `"phoneNumber":null`)
	attach(ada, number, code(s, number)).Want(200)
}
