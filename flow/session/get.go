package session

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// Get is GET and POST /get-session. POST, which writes what GET defers, is
// refused unless Options.Session.DeferSessionRefresh is on.
const Get core.Ref[GetInput, GetOutput] = "getSession"

// GetInput says how the session is to be read.
type GetInput struct {
	DisableCookieCache input.Opt[bool] `json:"disableCookieCache,omitzero"` // read storage
	DisableRefresh     input.Opt[bool] `json:"disableRefresh,omitzero"`     // leave the expiry as it is
}

// Bind reads the query.
func (in *GetInput) Bind(b *input.Binder) {
	query := b.Query()
	query.Truthy("disableCookieCache", &in.DisableCookieCache)
	query.Truthy("disableRefresh", &in.DisableRefresh)
}

// GetOutput is a session and its user. The answer is null where there is no
// session.
type GetOutput struct {
	Session *core.Session `json:"session"`
	User    *core.User    `json:"user"`
	// NeedsRefresh asks the client to call again with POST; nil where reading
	// may write.
	NeedsRefresh *bool `json:"needsRefresh,omitempty"`
}

// AppendJSON writes the output.
func (out *GetOutput) AppendJSON(b []byte) []byte {
	b = out.Session.AppendJSON(append(b, `{"session":`...))
	b = out.User.AppendJSON(append(b, `,"user":`...))
	if out.NeedsRefresh != nil {
		b = strconv.AppendBool(append(b, `,"needsRefresh":`...), *out.NeedsRefresh)
	}
	return append(b, '}')
}

func (Flow) get(c *core.Context, in *GetInput) (*GetOutput, error) {
	h := c.ResponseHeader()
	uncached := []string{"no-store", "no-cache"}
	h["Cache-Control"], h["Pragma"] = uncached[:1:1], uncached[1:]
	deferred := c.Options().Session.DeferSessionRefresh
	post := c.Request() != nil && c.Request().Method == http.MethodPost
	if post && !deferred {
		return nil, core.ErrDeferSessionRequired
	}
	r, err := c.ResolveSession(core.Resolve{
		SkipCache: in.DisableCookieCache.Value, SkipRefresh: in.DisableRefresh.Value, ReadOnly: deferred && !post})
	if err != nil {
		return nil, failure(err)
	}
	c.UseSession(r.Current)
	if r.Current == nil {
		return nil, nil
	}
	out := &GetOutput{Session: r.Current.Session, User: r.Current.User}
	if r.Deferred {
		needed := r.NeedsRefresh
		out.NeedsRefresh = &needed
	}
	return out, nil
}

// failure words what is no refusal. An engine that cannot be reached is left
// to the kernel, which asks the client to come back.
func failure(err error) error {
	var refusal *core.Error
	if errors.As(err, &refusal) || core.Unavailable(err) {
		return err
	}
	return core.ErrFailedToGetSession.Wrap(err)
}
