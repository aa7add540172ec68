// Package haveibeenpwned refuses new passwords that are known from breaches.
//
//	o.Plugins = append(o.Plugins, haveibeenpwned.New(haveibeenpwned.Options{}))
//
// It asks the Pwned Passwords service, which learns five of the forty hex
// digits of the password's SHA-1 and answers with all it knows that begin so.
// Where the service cannot be asked no password is set.
package haveibeenpwned

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // what the service counts by
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// Options configure the plugin. The zero value checks every new password.
type Options struct {
	// Paths are the endpoints that check the passwords they set, such as
	// "/sign-up/email"; nil: whatever sets one, the program itself included.
	Paths []string
	// Message is shown where a password is refused; empty: the reference's.
	Message string
	// Client asks the service; nil: one that reaches public addresses only.
	Client *oauth.Client
}

// Plugin is the have-i-been-pwned plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	if o.Client == nil {
		o.Client = oauth.NewClient(oauth.ClientOptions{})
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "have-i-been-pwned" }

// ErrPasswordCompromised refuses a password that is known from a breach.
var ErrPasswordCompromised = core.NewError(http.StatusBadRequest, "PASSWORD_COMPROMISED",
	"The password you entered has been compromised. Please choose a different password.")

var errUnanswered = core.NewError(http.StatusInternalServerError, "", "Failed to check password. Please try again later.")

// Register adds the check of new passwords.
func (p *Plugin) Register(r *core.Registrar) error {
	for _, path := range p.o.Paths {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("have-i-been-pwned: the path %q does not begin with a slash", path)
		}
	}
	refusal := ErrPasswordCompromised.Say(cmp.Or(p.o.Message, ErrPasswordCompromised.Message))
	r.Codes(ErrPasswordCompromised)
	r.PasswordValidator(func(c *core.Context, password string) error {
		if p.o.Paths != nil && !slices.Contains(p.o.Paths, c.Endpoint().Path) {
			return nil
		}
		known, err := p.compromised(c, password)
		if err == nil && known {
			return refusal
		}
		return err
	})
	return nil
}

// service is asked for the hashes that begin with a prefix.
const service = "https://api.pwnedpasswords.com/range/"

// compromised reports whether the service knows the password.
func (p *Plugin) compromised(c *core.Context, password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // as above
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	// Padding hides from who sees the length of the answer which prefix it is.
	answer, err := p.o.Client.Do(c, oauth.Call{URL: service + digits[:5], Header: map[string]string{"Add-Padding": "true"}})
	if refused, ok := errors.AsType[*oauth.StatusError](err); ok {
		return false, core.NewError(http.StatusInternalServerError, "", fmt.Sprintf("Failed to check password. Status: %d", refused.Status)).Wrap(err)
	}
	if err != nil {
		return false, errUnanswered.Wrap(err)
	}
	n, err := count(string(answer), digits[5:])
	if err != nil {
		return false, errUnanswered.Wrap(err)
	}
	return n > 0, nil
}
