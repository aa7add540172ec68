package oauth

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// DenialRedirect returns the redirect that tells the browser of a denial: at
// the target, or at the page of errors where that is empty.
func DenialRedirect(c *core.Context, target string, d *Denial) error {
	if target == "" {
		if target = c.Options().OnAPIError.ErrorURL; target == "" {
			target = c.BaseURL() + "/error"
		}
	}
	params := &Params{}
	params.Set("error", d.Code)
	params.SetSome("error_description", d.Description)
	return core.Redirect(AppendQuery(target, params))
}

// stateRedirect words the failure of a state.
func stateRedirect(c *core.Context, err error) error {
	var e *StateError
	if !errors.As(err, &e) {
		c.Log().ErrorContext(c, "a state could not be read", "error", err)
		return DenialRedirect(c, "", &Denial{Code: "internal_server_error"})
	}
	c.Log().WarnContext(c, "a state was refused", "error", err)
	return DenialRedirect(c, e.ErrorURL, &Denial{Code: e.Code})
}

// FailureRedirect words a failure for the browser: refusals of hooks with
// their own code and message. What nobody expected stays an error.
func FailureRedirect(c *core.Context, target string, err error) error {
	var d *Denial
	var refusal Refusal
	var known *core.Error
	switch {
	case errors.As(err, &d):
		return DenialRedirect(c, target, d)
	case errors.As(err, &refusal):
		c.Log().WarnContext(c, "an identity was refused", "reason", string(refusal))
		return DenialRedirect(c, target, &Denial{Code: refusal.Code()})
	case errors.As(err, &known) && known.Code != "" && known.Status < http.StatusInternalServerError:
		return DenialRedirect(c, target, &Denial{string(known.Code), known.Message})
	}
	return err
}
