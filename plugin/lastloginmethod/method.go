package lastloginmethod

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// entrances are the prefixes of the endpoints that [byEndpoint] knows.
var entrances = []string{
	"/callback/", "/one-tap/callback", "/sign-in/email", "/sign-up/email", "/siwe/", "/passkey/verify-authentication", "/magic-link/verify",
}

// method names how the call signs somebody in; "" where that is not kept.
func (i *instance) method(c *core.Context) string {
	if i.Resolve != nil {
		if method := i.Resolve(c); method != "" {
			return method
		}
	}
	return byEndpoint(c)
}

// byEndpoint names ways in as the reference does, which forgets some.
func byEndpoint(c *core.Context) string {
	switch path := c.Endpoint().Path; {
	case strings.HasPrefix(path, "/callback/"):
		return c.Param("id")
	case path == "/one-tap/callback":
		return "google"
	case path == "/sign-in/email", path == "/sign-up/email":
		return "email"
	case strings.HasPrefix(path, "/siwe/"):
		return "siwe"
	case path == "/passkey/verify-authentication":
		return "passkey"
	case path == "/magic-link/verify":
		return "magic-link"
	case path == "/sign-in/email-otp":
		return "email-otp"
	}
	return ""
}
