package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// sendCode asks for a code by mail and returns it.
func sendCode(s *harness.Site, email, purpose string) string {
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": purpose}).Want(http.StatusOK)
	return s.Message("email-otp", email).Code
}

// redemptions are the ways in which a token could be redeemed.
func redemptions(token, email string) map[string]func(*harness.Client) *harness.Answer {
	q := url.QueryEscape(token)
	return map[string]func(*harness.Client) *harness.Answer{
		"magic link":   func(c *harness.Client) *harness.Answer { return c.Get("/magic-link/verify?token=" + q) },
		"verification": func(c *harness.Client) *harness.Answer { return c.Get("/verify-email?token=" + q) },
		"reset": func(c *harness.Client) *harness.Answer {
			return c.Post("/reset-password", body{"token": token, "newPassword": "another password of mine"})
		},
		"code": func(c *harness.Client) *harness.Answer {
			return c.Post("/sign-in/email-otp", body{"email": email, "otp": token})
		},
		"deletion": func(c *harness.Client) *harness.Answer { return c.Get("/delete-user/callback?token=" + q) },
		"state": func(c *harness.Client) *harness.Answer {
			return c.Get("/callback/" + harness.ProviderIDs[0] + "?code=x&state=" + q)
		},
		"device": func(c *harness.Client) *harness.Answer {
			return c.Post("/device/token", body{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": token, "client_id": "tv"})
		},
		"factor": func(c *harness.Client) *harness.Answer { return c.Post("/two-factor/verify-otp", body{"code": token}) },
	}
}

func tokensOfOtherKinds(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	v := s.SignUp(email)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
	s.Client().Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	state, err := url.Parse(v.Begin(0, nil))
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{
		"magic link": s.Message("magic-link", email).Token, "verification": s.Message("verification-email", email).Token,
		"reset": s.Message("reset-password", email).Token, "deletion": s.Message("delete-account", email).Token,
		"state": state.Query().Get("state"), "device": beginDevice(s).code,
	}
	w := s.Watch(email)
	for kind, token := range tokens {
		for _, form := range []string{token, kind + ":" + token, "reset-password:" + token, "magic-link:" + token, "delete-account-" + token, strings.ToUpper(token)} {
			for at, redeem := range redemptions(form, email) {
				if at == kind && form == token || at == "code" { // a wrong code is counted
					continue
				}
				c := s.Client()
				if at == "deletion" {
					c = v // needs a session
				}
				if a := redeem(c); a.Status == http.StatusOK && a.Body != "null" || a.Status >= 500 {
					t.Errorf("a token of a %s at %s: %d %s", kind, at, a.Status, a.Body)
				}
				if c != v {
					c.Stranger("a token of a " + kind + " at " + at)
				}
			}
		}
	}
	w.Unchanged("a token of another kind")
	for _, kind := range []string{"verification", "reset", "magic link", "deletion"} {
		a := redemptions(tokens[kind], email)[kind](v)
		if a.Status >= 400 || strings.Contains(a.Header.Get("Location"), "error") {
			t.Errorf("the token of a %s no longer works: %d %s", kind, a.Status, a.Body)
		}
	}
}

func namesReachNoValues(_ *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	s.Client().Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	token := s.Message("reset-password", email).Token
	code := sendCode(s, email, "sign-in")
	w := s.Watch(token, v.User())
	// Some of these are addresses, and are mailed to; none reaches what waits for the victim.
	for _, name := range []string{"reset-password:" + token, "sign-in-otp-" + email, "magic-link:" + token, "2fa-otp-x", "change-email:" + email} {
		for _, purpose := range []string{"sign-in", "email-verification", "forget-password"} {
			s.Client().Post("/email-otp/send-verification-otp", body{"email": name, "type": purpose})
			w.Refused(s.Client().Post("/email-otp/check-verification-otp", body{"email": name, "type": purpose, "otp": code}), 0, "")
		}
		s.Client().Post("/sign-in/magic-link", body{"email": name})
		w.Refused(s.Client().Post("/sign-in/email-otp", body{"email": name, "otp": v.User()}), 0, "")
	}
	s.Client().Post("/reset-password", body{"token": token, "newPassword": "another password of mine"}).Want(http.StatusOK)
}

func linksWorkOnce(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	s.SignUp(email)
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	link := s.Message("magic-link", email).URL
	signedIn := 0
	for _, a := range s.Together(harness.Repeat(s.Client().Request(http.MethodGet, link, nil), 20)...) {
		if a.SetCookie(harness.SessionCookie) != "" {
			signedIn++
		} else if !strings.Contains(a.Header.Get("Location"), "error=INVALID_TOKEN") {
			t.Errorf("%d %s", a.Status, a.Header.Get("Location"))
		}
	}
	if signedIn != 1 {
		t.Errorf("one link signed in %d times", signedIn)
	}
	s.Watch(email).Refused(s.Client().Get(link), http.StatusFound, "INVALID_TOKEN")
}

func mailedCodesWorkOnce(t *testing.T, s *harness.Site) {
	for purpose, call := range map[string]func(email, code string) *harness.Request{
		"sign-in": func(email, code string) *harness.Request {
			return s.Client().Request(http.MethodPost, "/sign-in/email-otp", body{"email": email, "otp": code})
		},
		"email-verification": func(email, code string) *harness.Request {
			return s.Client().Request(http.MethodPost, "/email-otp/verify-email", body{"email": email, "otp": code})
		},
		"forget-password": func(email, code string) *harness.Request {
			return s.Client().Request(http.MethodPost, "/email-otp/reset-password", body{"email": email, "otp": code, "password": "another password of mine"})
		},
	} {
		email := s.Address("user")
		s.SignUp(email)
		exactly(t, "uses of a code for "+purpose, 1, s.Together(harness.Repeat(call(email, sendCode(s, email, purpose)), 12)...))
	}
	sentCodesWorkOnce(t, s)
}

func guessesOfMailedCodes(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	s.SignUp(email)
	code := sendCode(s, email, "sign-in")
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	evaluated := 0
	for _, a := range s.Together(harness.Repeat(s.Client().Request(http.MethodPost, "/sign-in/email-otp", body{"email": email, "otp": wrong}), 30)...) {
		switch {
		case strings.Contains(a.Body, `"INVALID_OTP"`):
			evaluated++
		case a.Status < 400 || a.Status >= 500:
			t.Errorf("a wrong code: %d %s", a.Status, a.Body)
		}
	}
	s.Client().Stranger("nothing")
	if a := s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code}); a.Status < 400 {
		t.Errorf("after 30 guesses, of which %d were told apart, the right code signs in: %s", evaluated, a.Body)
	}
	s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": sendCode(s, email, "sign-in")}).Want(http.StatusOK)
	guessesOfSentCodes(t, s)
}

func purposesOfCodes(_ *testing.T, s *harness.Site) {
	email := s.Address("user")
	s.SignUp(email)
	calls := map[string]func(code string) *harness.Answer{
		"sign-in": func(code string) *harness.Answer {
			return s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code})
		},
		"email-verification": func(code string) *harness.Answer {
			return s.Client().Post("/email-otp/verify-email", body{"email": email, "otp": code})
		},
		"forget-password": func(code string) *harness.Answer {
			return s.Client().Post("/email-otp/reset-password", body{"email": email, "otp": code, "password": harness.Password})
		},
	}
	for purpose := range calls {
		for other, redeem := range calls {
			if other == purpose {
				continue
			}
			code := sendCode(s, email, purpose)
			s.Watch(email).Refused(redeem(code), http.StatusBadRequest, "")
			calls[purpose](code).Want(http.StatusOK)
		}
	}
	for _, purpose := range []any{"change-email", "reset", "", nil, 1, []string{"sign-in"}} {
		s.Watch(email).Refused(s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": purpose}), http.StatusBadRequest, "")
	}
}

func unprovenUsersAreReplaced(t *testing.T, s *harness.Site) {
	for name, arrive := range map[string]func(c *harness.Client, email string){
		"magic link": func(c *harness.Client, email string) {
			c.Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
			c.Get(s.Message("magic-link", email).URL)
		},
		"code": func(c *harness.Client, email string) {
			c.Post("/sign-in/email-otp", body{"email": email, "otp": sendCode(s, email, "sign-in")}).Want(http.StatusOK)
		},
		"provider": func(c *harness.Client, email string) {
			c.Arrive(0, harness.Grant{Claims: body{"sub": email, "email": email, "email_verified": true, "name": "owner"}})
		},
	} {
		email := s.Address("owner")
		thief := s.SignUp(email)
		_, key := makeKey(thief, body{})
		owner := s.Client()
		arrive(owner, email)
		if name == "provider" && owner.User() == "" {
			continue // joining somebody who is not proven is refused altogether
		}
		if owner.User() == "" {
			t.Errorf("%s: the owner is not signed in", name)
		}
		w := s.Watch(email)
		w.Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}), http.StatusUnauthorized, "INVALID_EMAIL_OR_PASSWORD")
		w.Refused(thief.Post("/update-user", body{"name": "x"}), http.StatusUnauthorized, "")
		s.Client(withKey(key)).Stranger("a key made before the owner came by " + name)
	}
}

func mailGoesToTheStoredAddress(_ *testing.T, s *harness.Site) {
	email := s.Address("user")
	s.SignUp(email)
	upper := strings.ToUpper(email)
	s.Client().Post("/sign-in/magic-link", body{"email": upper}).Want(http.StatusOK)
	s.Message("magic-link", email)
	s.Client().Post("/email-otp/send-verification-otp", body{"email": upper, "type": "sign-in"}).Want(http.StatusOK)
	s.Message("email-otp", email)
	s.Client().Post("/request-password-reset", body{"email": upper}).Want(http.StatusOK)
	s.Message("reset-password", email)
	wide := strings.Replace(email, "u", "ｕ", 1)
	for _, odd := range []string{wide, email + " ", " " + email, email + "\n"} {
		s.Client().Post("/sign-in/magic-link", body{"email": odd})
		s.Client().Post("/email-otp/send-verification-otp", body{"email": odd, "type": "sign-in"})
	}
	s.NoMessage(email, wide)
}

func targetsAreDecodedOnce(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	s.SignUp(email)
	for _, target := range []string{"%2f%2fevil.example", "%252f%252fevil.example", "https%253A%252F%252Fevil.example", "%2Fok%253Fx"} {
		s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
		token := s.Message("magic-link", email).Token
		a := s.Client().Get("/magic-link/verify?token=" + token + "&callbackURL=" + target)
		to, err := url.Parse(a.Header.Get("Location"))
		if a.Status != http.StatusForbidden && (err != nil || to.Host != "" && to.Scheme+"://"+to.Host != s.Origin) {
			t.Errorf("%s leads to %s", target, a.Header.Get("Location"))
		}
	}
}

func strangersMakeNoUsers(_ *testing.T, s *harness.Site) {
	known, stranger := s.Address("known"), s.Address("stranger")
	s.SignUp(known)
	w := s.Watch(stranger)
	for path, members := range map[string]body{
		"/sign-in/magic-link": {"name": "x"}, "/email-otp/send-verification-otp": {"type": "sign-in"},
	} {
		members["email"] = known
		want := s.Client().Post(path, members)
		members["email"] = stranger
		s.Client().Post(path, members).WantBody(http.StatusOK, want.Body)
	}
	w.Refused(s.Client().Get("/magic-link/verify?token=forged"), http.StatusFound, "INVALID_TOKEN")
	w.Refused(s.Client().Post("/sign-in/email-otp", body{"email": stranger, "otp": "123456"}), http.StatusBadRequest, "INVALID_OTP")
	s.NoMessage(stranger)
}
