package social

import (
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// SignIn is POST /sign-in/social: it sends the browser to a provider, or
// signs in with an ID token that the client has already.
const SignIn core.Ref[SignInInput, SignInOutput] = "signInSocial"

// SignInInput is what a sign-in asks for.
type SignInInput struct {
	Request
	NewUserCallbackURL input.Opt[string] `json:"newUserCallbackURL,omitzero"` // in place of CallbackURL for new users
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) { in.bind(b.Body(), true, &in.NewUserCallbackURL) }

// SignInOutput is where the browser is to go, or the session of an ID token.
type SignInOutput struct {
	URL      string `json:"url,omitempty"` // empty after a sign-in by ID token
	Redirect bool   `json:"redirect"`
	Token    string `json:"token,omitempty"`
	// User is nil where the browser is sent to the provider.
	User *core.User `json:"user,omitempty"`
}

// AppendJSON writes the output.
func (out *SignInOutput) AppendJSON(b []byte) []byte {
	if out.User == nil {
		return appendTarget(b, out.URL, out.Redirect)
	}
	b = db.AppendJSONString(append(b, `{"redirect":false,"token":`...), out.Token)
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

func appendTarget(b []byte, url string, redirect bool) []byte {
	b = db.AppendJSONString(append(b, `{"url":`...), url)
	return append(strconv.AppendBool(append(b, `,"redirect":`...), redirect), '}')
}

func (f *flow) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	p, err := oauth.Find(c, in.Provider)
	if err != nil {
		return nil, err
	}
	if in.IDToken != nil {
		return f.signInByIDToken(c, p, in)
	}
	state := in.state()
	state.NewUserURL = in.NewUserCallbackURL.Value
	url, err := f.depart(c, p, state, &in.Request)
	if err != nil {
		return nil, err
	}
	return &SignInOutput{URL: url, Redirect: !in.DisableRedirect.Value}, nil
}

// state is what is kept of a request while the browser is away.
func (in *Request) state() *oauth.State {
	state := &oauth.State{CallbackURL: in.CallbackURL.Value, ErrorURL: in.ErrorCallbackURL.Value, Additional: in.data()}
	if in.RequestSignUp.Given() {
		state.RequestSignUp = &in.RequestSignUp.Value
	}
	return state
}

// depart returns the URL the browser is to go to. It is also the Location of
// the answer, unless the client goes there by itself.
func (f *flow) depart(c *core.Context, p *oauth.Provider, state *oauth.State, in *Request) (string, error) {
	url, err := f.states.Depart(c, &oauth.Departure{Provider: p, State: state,
		Scopes: in.Scopes.Value, LoginHint: in.LoginHint.Value, Additional: in.params()})
	if err == nil && !in.DisableRedirect.Value {
		c.ResponseHeader().Set("Location", url)
	}
	return url, err
}

// prove verifies an ID token and returns whom it stands for.
func prove(c *core.Context, p *oauth.Provider, t *IDToken) (*oauth.Identity, error) {
	if p.VerifyIDToken == nil {
		return nil, core.ErrIDTokenNotSupported
	}
	if err := p.VerifyIDToken(c, t.Token, t.Nonce.Value); err != nil {
		return nil, errInvalidIDToken.Wrap(err)
	}
	id, err := p.UserInfo(c, t.tokens())
	if err != nil {
		return nil, core.ErrFailedToGetUserInfo.Wrap(err)
	}
	if id.Email == "" {
		return nil, core.ErrUserEmailNotFound
	}
	return id, nil
}

func (f *flow) signInByIDToken(c *core.Context, p *oauth.Provider, in *SignInInput) (*SignInOutput, error) {
	id, err := prove(c, p, in.IDToken)
	if err != nil {
		return nil, err
	}
	outcome, err := oauth.SignIn(c, &oauth.Attempt{
		Provider: p, Identity: id, CallbackURL: in.CallbackURL.Value,
		Tokens:        &oauth.Tokens{IDToken: in.IDToken.Token, AccessToken: in.IDToken.AccessToken.Value},
		DisableSignUp: p.DisableSignUp || p.DisableImplicitSignUp && !in.RequestSignUp.Value,
	})
	if err != nil {
		return nil, refused(err)
	}
	return &SignInOutput{Token: outcome.Current.Session.Token, User: outcome.Current.User}, nil
}
