package phonenumber_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
)

type (
	body   = authtest.JSON
	client = authtest.Client
)

const (
	email  = "ada@example.com"
	other  = "eve@example.com"
	number = "+1 555 0100"
)

func with(o phonenumber.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, phonenumber.New(o)) }
}

// signUp makes users of whoever proves a number.
func signUp(o phonenumber.Options) func(*core.Options) {
	o.SignUp = &phonenumber.SignUp{TempEmail: func(number string) string {
		return strings.Trim(number, "+ ")[:1] + strings.ReplaceAll(number[2:], " ", "") + "@phone.example.com"
	}}
	return with(o)
}

func code(s *authtest.Server, number string) string {
	s.Client().Post("/phone-number/send-otp", body{"phoneNumber": number}).WantBody(200, `{"message":"code sent"}`)
	return s.Message(phonenumber.Message).Code
}

func resetCode(s *authtest.Server, number string) string {
	s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": number}).WantBody(200, `{"status":true}`)
	return s.Message(phonenumber.MessageReset).Code
}

func wrong(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func verify(c *client, number, code string) *authtest.Answer {
	return c.Post("/phone-number/verify", body{"phoneNumber": number, "code": code})
}

func attach(c *client, number, code string) *authtest.Answer {
	return c.Post("/phone-number/verify", body{"phoneNumber": number, "code": code, "updatePhoneNumber": true})
}

// phoned signs somebody up who proves a number.
func phoned(s *authtest.Server, email, number string) *client {
	c := s.SignUp(email)
	attach(c, number, code(s, number)).Want(200, `"phoneNumber":"`+number+`"`, `"phoneNumberVerified":true`)
	return c
}

func signIn(s *authtest.Server, number, password string) *authtest.Answer {
	return s.Client().Post("/sign-in/phone-number", body{"phoneNumber": number, "password": password})
}

func reset(s *authtest.Server, number, otp, password string) *authtest.Answer {
	return s.Client().Post("/phone-number/reset-password", body{"phoneNumber": number, "otp": otp, "newPassword": password})
}

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, signUp(phonenumber.Options{}))
		c, otp := s.Client(), code(s, number)
		if len(otp) != 6 {
			t.Errorf("a code is %q", otp)
		}
		a := c.Post("/phone-number/verify", body{"phoneNumber": number, "code": otp, "email": email, "emailVerified": true, "role": "admin"}).
			Want(200, `"status":true`, `"phoneNumberVerified":true`, `"emailVerified":false`, `"name":"+1 555 0100"`, "15550100@phone.example.com")
		c.Get("/get-session").Want(200, number)
		verify(s.Client(), number, otp).WantCode(400, "OTP_NOT_FOUND")
		again := verify(s.Client(), number, code(s, number)).Want(200)
		if again.Text("user.id") != a.Text("user.id") {
			t.Error("one number is two users")
		}
		silent := s.Client()
		silent.Post("/phone-number/verify", body{"phoneNumber": number, "code": code(s, number), "disableSession": true}).Want(200, `"token":null`)
		silent.Get("/get-session").WantBody(200, "null")
	})
}

func TestWithoutSignUp(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	otp := code(s, number)
	verify(s.Client(), number, otp).WantCode(400, "USER_NOT_FOUND")
	verify(s.Client(), number, otp).WantCode(400, "OTP_NOT_FOUND")
	phoned(s, email, number)
	verify(s.Client(), number, code(s, number)).Want(200, email)
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	phoned(s, email, number)
	signIn(s, number, authtest.Password).Want(200, `"token":"`, email)
	for _, unknown := range []string{"", "+1 555 0199", email, number + " "} {
		signIn(s, unknown, authtest.Password).WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
	}
	signIn(s, number, "wrong password").WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
	signIn(s, number, strings.Repeat("x", 129)).WantCode(400, "PASSWORD_TOO_LONG")
	c := s.Client()
	c.Post("/sign-in/phone-number", body{"phoneNumber": number, "password": authtest.Password, "rememberMe": false}).Want(200)
	c.CloseBrowser()
	c.Get("/get-session").WantBody(200, "null")
}

func TestReset(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		told := 0
		s := authtest.New(t, engine, with(phonenumber.Options{}), func(o *core.Options) {
			o.EmailAndPassword.RevokeSessionsOnReset = true
			o.EmailAndPassword.OnPasswordReset = func(*core.Context, *core.User) error { told++; return nil }
		})
		c := phoned(s, email, number)
		otp := resetCode(s, number)
		reset(s, number, otp, "short").WantCode(400, "PASSWORD_TOO_SHORT")
		reset(s, number, wrong(otp), "another password").WantCode(400, "INVALID_OTP")
		reset(s, number, otp, "another password").WantBody(200, `{"status":true}`)
		reset(s, number, otp, "a third password").WantCode(400, "OTP_NOT_FOUND")
		c.Get("/get-session").WantBody(200, "null")
		signIn(s, number, authtest.Password).Want(401)
		signIn(s, number, "another password").Want(200)
		if told != 1 {
			t.Errorf("the application was told %d times", told)
		}
	})
}

func TestExpires(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, signUp(phonenumber.Options{ExpiresIn: time.Minute, Length: 8}))
	otp := code(s, number)
	if len(otp) != 8 {
		t.Errorf("a code is %q", otp)
	}
	s.Clock.Advance(time.Minute + time.Millisecond)
	verify(s.Client(), number, otp).WantCode(400, "OTP_EXPIRED")
	verify(s.Client(), number, otp).WantCode(400, "OTP_NOT_FOUND")
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	for _, bad := range []string{"", " ", "12", "+", email, "+1555x", strings.Repeat("1", 33), "１２３４５６", "+1\n555"} {
		s.Client().Post("/phone-number/send-otp", body{"phoneNumber": bad}).WantCode(400, "INVALID_PHONE_NUMBER")
	}
	code(s, "+1 (555) 010/0-1.2")
	s.NoMessage()

	own := authtest.New(t, with(phonenumber.Options{Validate: func(_ *core.Context, number string) (bool, error) {
		if number == "broken" {
			return false, errors.New("no list of numbers")
		}
		return number == "extension 7", nil
	}}))
	code(own, "extension 7")
	for _, path := range []string{"/phone-number/send-otp", "/sign-in/phone-number"} {
		own.Client().Post(path, body{"phoneNumber": number, "password": "x"}).WantCode(400, "INVALID_PHONE_NUMBER")
		own.Client().Post(path, body{"phoneNumber": "broken", "password": "x"}).Want(500)
	}
}

func TestCodesOfAService(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, signUp(phonenumber.Options{VerifyCode: func(_ *core.Context, to, code string) (bool, error) {
		if code == "broken" {
			return false, errors.New("the service cannot be reached")
		}
		return to == number && code == "right", nil
	}}))
	verify(s.Client(), number, "wrong").WantCode(400, "INVALID_OTP")
	verify(s.Client(), number, "broken").Want(500)
	verify(s.Client(), number, "right").Want(200)
	reset(s, number, "wrong", "another password").WantCode(400, "INVALID_OTP")
	reset(s, number, "right", "another password").Want(200)
	signIn(s, number, "another password").Want(200)
}

func TestConsume(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(phonenumber.Options{}))
	otp := code(s, number)
	consume := func(code string) error {
		_, err := core.Invoke(t.Context(), s.Kernel, phonenumber.Consume, &phonenumber.ConsumeInput{PhoneNumber: number, Code: code}, core.Call{})
		return err
	}
	if err := consume(wrong(otp)); !errors.Is(err, phonenumber.ErrInvalidOTP) {
		t.Error(err)
	}
	if err := consume(otp); err != nil {
		t.Error(err)
	}
	if err := consume(otp); !errors.Is(err, phonenumber.ErrOTPNotFound) {
		t.Error(err)
	}
	s.Client().Post("/phone-number/consume", body{"phoneNumber": number, "code": otp}).Want(404)
}

func TestHooks(t *testing.T) {
	t.Parallel()
	refuse, told := true, ""
	s := authtest.New(t, signUp(phonenumber.Options{OnVerification: func(_ *core.Context, number string, u *core.User) error {
		told += number + " of " + u.Name + ";"
		return nil
	}}), func(o *core.Options) {
		o.User.ValidateUserInfo = func(_ *core.Context, _ *core.User, source core.UserSource) error {
			if refuse && source.Method == "phone-number" && source.Action == "create-user" {
				return core.NewError(403, "NOT_INVITED", "You are not invited")
			}
			return nil
		}
	})
	verify(s.Client(), number, code(s, number)).WantCode(403, "NOT_INVITED")
	if _, err := s.Context().Users().ByEmail("15550100@phone.example.com"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the user was created: %v", err)
	}
	refuse = false
	verify(s.Client(), number, code(s, number)).Want(200)
	phoned(s, email, "+1 555 0101")
	if told != "+1 555 0100 of +1 555 0100;+1 555 0101 of "+email+";" {
		t.Error(told)
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []phonenumber.Options{{Length: 3}, {ExpiresIn: -1}, {AllowedAttempts: -1}, {SignUp: &phonenumber.SignUp{}}} {
		_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(), Plugins: []core.Plugin{phonenumber.New(o)}})
		if err == nil || !strings.Contains(err.Error(), "phonenumber: ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	s := authtest.New(t, with(phonenumber.Options{}), func(o *core.Options) { o.Deliver = nil })
	s.Client().Post("/phone-number/send-otp", body{"phoneNumber": number}).WantCode(501, "SEND_OTP_NOT_IMPLEMENTED")
}
