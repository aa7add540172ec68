package emailotp_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/emailotp"
)

const email = "ada@example.com"

type body = authtest.JSON

func with(o emailotp.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, emailotp.New(o)) }
}

// code asks for a code and takes it out of the mail.
func code(s *authtest.Server, purpose string) string {
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": purpose}).WantBody(200, `{"success":true}`)
	return s.Message(emailotp.Message).Code
}

// wrong returns a code that is not the given one.
func wrong(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func signIn(s *authtest.Server, code string) *authtest.Answer {
	return s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code})
}

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	for _, o := range []emailotp.Options{{}, {Store: emailotp.Hashed}, {Store: emailotp.Encrypted}, {Hash: strings.ToUpper}} {
		authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
			s := authtest.New(t, engine, with(o), func(o *core.Options) {
				o.User.AdditionalFields = []core.AdditionalField{{Name: "color"}}
			})
			otp := code(s, emailotp.SignIn)
			if len(otp) != 6 {
				t.Fatalf("code %q", otp)
			}
			c := s.Client()
			c.Post("/sign-in/email-otp", body{"email": "ADA@example.com", "otp": otp, "name": "Ada", "image": "i", "color": "red", "role": "admin"}).
				Want(200, `"token":"`, `"name":"Ada"`, `"emailVerified":true`, `"image":"i"`, `"color":"red"`)
			c.Get("/get-session").Want(200, email)
			signIn(s, otp).WantCode(400, "INVALID_OTP")
			signIn(s, code(s, emailotp.SignIn)).Want(200, `"name":"Ada"`)
			signIn(s, otp).WantCode(400, "INVALID_OTP")
		})
	}
}

func TestVerifyEmail(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{}))
		ada := s.SignUp(email)
		otp := code(s, emailotp.EmailVerification)
		s.Client().Post("/email-otp/check-verification-otp", body{"email": email, "type": emailotp.EmailVerification, "otp": otp}).Want(200)
		a := ada.Post("/email-otp/verify-email", body{"email": email, "otp": otp}).Want(200, `"status":true`, `"token":null`, `"emailVerified":true`)
		if a.SetCookie("better-auth.session_token") != "" {
			t.Error("the session was given again")
		}
		ada.Get("/get-session").Want(200, `"emailVerified":true`)
	})
	s := authtest.New(t, with(emailotp.Options{}), func(o *core.Options) { o.EmailVerification.AutoSignInAfterVerification = true })
	s.SignUp(email)
	c := s.Client()
	c.Post("/email-otp/verify-email", body{"email": email, "otp": code(s, emailotp.EmailVerification)}).Want(200, `"token":"`)
	c.Get("/get-session").Want(200, email)
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{}), func(o *core.Options) { o.EmailAndPassword.RevokeSessionsOnReset = true })
		ada := s.SignUp(email)
		for _, path := range []string{"/email-otp/request-password-reset", "/forget-password/email-otp"} {
			s.Client().Post(path, body{"email": email}).WantBody(200, `{"success":true}`)
			otp := s.Message(emailotp.Message).Code
			reset := func(code, password string) *authtest.Answer {
				return s.Client().Post("/email-otp/reset-password", body{"email": email, "otp": code, "password": password})
			}
			reset(otp, "short").WantCode(400, "PASSWORD_TOO_SHORT")
			reset(otp, strings.Repeat("x", 129)).WantCode(400, "PASSWORD_TOO_LONG")
			reset(wrong(otp), "another password").WantCode(400, "INVALID_OTP")
			reset(otp, "another password").WantBody(200, `{"success":true}`)
			reset(otp, "a third password").WantCode(400, "INVALID_OTP")
		}
		ada.Get("/get-session").WantBody(200, "null")
		s.Client().Post("/sign-in/email", body{"email": email, "password": "another password"}).Want(200, `"emailVerified":true`)
	})
}

func TestChangeEmail(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(emailotp.Options{AllowChangeEmail: true, VerifyCurrentEmail: true}))
		ada := s.SignUp(email)
		s.SignUp("bob@example.com")
		request := func(body body) *authtest.Answer { return ada.Post("/email-otp/request-email-change", body) }
		s.Client().Post("/email-otp/request-email-change", body{"newEmail": "new@example.com"}).Want(401)
		request(body{"newEmail": "new@example.com"}).Want(400, "OTP is required to verify current email")
		request(body{"newEmail": "ADA@example.com"}).Want(400, "Email is the same")
		request(body{"newEmail": "no address"}).WantCode(400, "INVALID_EMAIL")
		request(body{"newEmail": "new@example.com", "otp": "x"}).WantCode(400, "INVALID_OTP")
		request(body{"newEmail": "New@example.com", "otp": code(s, emailotp.EmailVerification)}).Want(200)
		m := s.Message(emailotp.Message)
		if m.To != "new@example.com" || string(m.Data) != `{"type":"change-email"}` {
			t.Fatalf("%+v", m)
		}
		s.SignIn("bob@example.com").Post("/email-otp/change-email", body{"newEmail": "new@example.com", "otp": m.Code}).WantCode(400, "INVALID_OTP")
		ada.Post("/email-otp/change-email", body{"newEmail": "new@example.com", "otp": wrong(m.Code)}).WantCode(400, "INVALID_OTP")
		ada.Post("/email-otp/change-email", body{"newEmail": "new@example.com", "otp": m.Code}).WantBody(200, `{"success":true}`)
		ada.Get("/get-session").Want(200, `"email":"new@example.com"`, `"emailVerified":true`)
	})
	s := authtest.New(t, with(emailotp.Options{}))
	s.SignUp(email).Post("/email-otp/request-email-change", body{"newEmail": "new@example.com"}).Want(400, "Change email with OTP is disabled")
}

// Somebody who has the address already is not mailed, and the answer is the
// same.
func TestChangeToForeignAddress(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{AllowChangeEmail: true}))
	s.SignUp("bob@example.com")
	ada := s.SignUp(email)
	ada.Post("/email-otp/request-email-change", body{"newEmail": "late@example.com"}).WantBody(200, `{"success":true}`)
	otp := s.Message(emailotp.Message).Code
	s.SignUp("late@example.com")
	ada.Post("/email-otp/change-email", body{"newEmail": "late@example.com", "otp": otp}).Want(400, "Email already in use")
	ada.Post("/email-otp/request-email-change", body{"newEmail": "bob@example.com"}).WantBody(200, `{"success":true}`)
	s.NoMessage()
}

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{}))
	path := "/email-otp/send-verification-otp"
	s.Client().Post(path, body{"email": "no address", "type": "sign-in"}).WantCode(400, "INVALID_EMAIL")
	s.Client().Post(path, body{"email": email, "type": "change-email"}).Want(400, "Invalid OTP type")
	s.Client().Post(path, body{"email": email, "type": "other"}).WantCode(400, "VALIDATION_ERROR")
	s.Client().Post(path, body{"email": email}).WantCode(400, "VALIDATION_ERROR")
	foreign := s.Client()
	foreign.Headers.Set("Origin", "https://evil.example")
	foreign.Post(path, body{"email": email, "type": "sign-in"}).WantCode(403, "INVALID_ORIGIN")
	for _, purpose := range []string{emailotp.EmailVerification, emailotp.ForgetPassword} {
		s.Client().Post(path, body{"email": email, "type": purpose}).WantBody(200, `{"success":true}`)
	}
	s.NoMessage()
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{}))
	otp := code(s, emailotp.SignIn)
	s.Clock.Advance(5*time.Minute + time.Second)
	signIn(s, otp).WantCode(400, "OTP_EXPIRED")
	signIn(s, otp).WantCode(400, "INVALID_OTP")
}

func TestReuse(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{Reuse: true, Store: emailotp.Encrypted}))
	first := code(s, emailotp.SignIn)
	signIn(s, wrong(first)).Want(400)
	s.Clock.Advance(4 * time.Minute)
	if second := code(s, emailotp.SignIn); second != first {
		t.Fatalf("%s, then %s", first, second)
	}
	s.Clock.Advance(4 * time.Minute)
	signIn(s, wrong(first)).Want(400)
	signIn(s, wrong(first)).Want(400)
	second := code(s, emailotp.SignIn) // the guesses are used up
	signIn(s, second).Want(200)
	s = authtest.New(t, with(emailotp.Options{Reuse: true, Store: emailotp.Hashed, Length: 12}))
	if code(s, emailotp.SignIn) == code(s, emailotp.SignIn) {
		t.Error("a hashed code was sent again")
	}
}

func TestSignUpMails(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{SendOnSignUp: true}), func(o *core.Options) { o.EmailAndPassword.DisableAutoSignIn = true })
	s.SignUp(email)
	otp := s.Message(emailotp.Message, email).Code
	s.SignUp(email) // hidden: nobody was signed up
	s.Client().Post("/email-otp/verify-email", body{"email": email, "otp": otp}).Want(200)
	s.NoMessage()

	s = authtest.New(t, with(emailotp.Options{OverrideEmailVerification: true}), func(o *core.Options) {
		o.EmailAndPassword.RequireEmailVerification = true
	})
	s.SignUp(email)
	m := s.Message(emailotp.Message, email)
	if string(m.Data) != `{"type":"email-verification"}` || m.URL != "" {
		t.Errorf("%+v", m)
	}
	s.Client().Post("/email-otp/verify-email", body{"email": email, "otp": m.Code}).Want(200)
	s.SignIn(email)
	s.NoMessage()
}

func TestProgramsMakeAndReadCodes(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{}))
	in := &emailotp.SendInput{Email: email, Type: emailotp.SignIn}
	get := func() string {
		out, err := core.Invoke(context.Background(), s.Kernel, emailotp.Get, in, core.Call{})
		if err != nil || out.OTP == nil {
			return "none"
		}
		return *out.OTP
	}
	if got := get(); got != "none" {
		t.Fatal(got)
	}
	made, err := core.Invoke(context.Background(), s.Kernel, emailotp.Create, in, core.Call{})
	if err != nil || get() != *made.OTP {
		t.Fatalf("%v, %v", made, err)
	}
	signIn(s, *made.OTP).Want(200)
}

func TestRowIsTheReferences(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(emailotp.Options{}))
	otp := code(s, emailotp.SignIn)
	signIn(s, wrong(otp)).Want(400)
	v, err := s.Context().Verifications().Find("sign-in-otp-" + email)
	if err != nil || v.Value != otp+":1" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestUnsoundOptions(t *testing.T) {
	t.Parallel()
	deliver := func(context.Context, *core.Message) error { return nil }
	for name, o := range map[string]core.Options{
		"no delivery":  {Plugins: []core.Plugin{emailotp.New(emailotp.Options{})}},
		"store":        {Deliver: deliver, Plugins: []core.Plugin{emailotp.New(emailotp.Options{Store: "x"})}},
		"a short code": {Deliver: deliver, Plugins: []core.Plugin{emailotp.New(emailotp.Options{Length: 3})}},
	} {
		o.Secret, o.BaseURL, o.Database = authtest.Secret, authtest.Origin, memory.New()
		if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), "emailotp: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
