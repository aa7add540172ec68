package server

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
	"github.com/watchword-auth/watchword/server/config"
)

// phoneSignUp is true, or says at which domain users without an address get
// one.
type phoneSignUp struct {
	on     bool
	domain string // empty: the usual one
}

// DecodeConfig reads either form.
func (s *phoneSignUp) DecodeConfig(n *config.Node) error {
	if on, isSwitch := n.Bool(); isSwitch {
		s.on = on
		return nil
	}
	var o struct {
		Domain string `key:"tempEmailDomain"`
	}
	err := config.Decode(n, &o)
	s.on, s.domain = true, o.Domain
	return err
}

// options makes addresses of the number's digits. No mail can be sent to the
// usual domain, which is reserved (RFC 2606).
func (s phoneSignUp) options() *phonenumber.SignUp {
	if !s.on {
		return nil
	}
	domain := cmp.Or(s.domain, "phone.example.com")
	digits := func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}
	return &phonenumber.SignUp{TempEmail: func(number string) string { return strings.Map(digits, number) + "@" + domain }}
}

func newPhoneNumber(in pluginInput) (core.Plugin, error) {
	var o struct {
		OTPLength            int             `key:"otpLength"`
		ExpiresIn            *config.Seconds `key:"expiresIn"`
		AllowedAttempts      int             `key:"allowedAttempts"`
		RequireVerification  bool            `key:"requireVerification"`
		SignUpOnVerification phoneSignUp     `key:"signUpOnVerification"`
		Schema               struct {
			User model `key:"user"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	in.rename(&in.options.User.Mapping, o.Schema.User)
	return phonenumber.New(phonenumber.Options{
		Length: o.OTPLength, ExpiresIn: o.ExpiresIn.Duration(), AllowedAttempts: o.AllowedAttempts,
		RequireVerification: o.RequireVerification, SignUp: o.SignUpOnVerification.options(),
	}), err
}
