package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// State is what the server remembers of a sign-in while the browser is at the
// provider.
type State struct {
	CallbackURL  string // where the browser goes afterwards
	ErrorURL     string // after a failure; empty: the error page
	NewUserURL   string // after a first sign-in; empty: CallbackURL
	CodeVerifier string // made by [States.Begin] where empty
	Nonce        string // that the ID token must repeat; empty: none
	// RequestSignUp is true where new users are asked for; nil where nothing
	// was said.
	RequestSignUp *bool
	Link          *LinkTarget // nil: a sign-in, not a linking
	// Provider is whom the browser was sent to: nobody else's answer redeems
	// the state. Empty in states of the reference, which does not keep it.
	Provider string
	// Additional is what the caller passes along to hooks. Names that the
	// state itself uses are dropped.
	Additional []Member
	// Server is what plugins pass along; clients cannot set it.
	Server []Member

	ID        string // the state parameter; made by [States.Begin]
	ExpiresAt time.Time
}

// LinkTarget is the user an identity is to be linked to.
type LinkTarget struct {
	UserID, Email string
	// SealedSession is the token of the session that asked for it; see
	// [States.SealSession].
	SealedSession string
}

// stateName reports whether a state uses the member itself.
func stateName(name string) bool {
	switch name {
	case "callbackURL", "codeVerifier", "errorURL", "newUserURL", "expiresAt", "oauthState", "link",
		"requestSignUp", "idTokenNonce", "serverContext", "__proto__":
		return true
	}
	return false
}

// Encode writes the state with its members in the reference's order, as
// [ParseState] reads it.
func (state *State) Encode() []byte {
	o := &object{}
	for _, m := range state.Additional {
		if !stateName(m.Name) {
			o.raw(m.Name, m.Value)
		}
	}
	o.text("callbackURL", state.CallbackURL)
	o.text("codeVerifier", state.CodeVerifier)
	o.some("errorURL", state.ErrorURL)
	o.some("newUserURL", state.NewUserURL)
	if l := state.Link; l != nil {
		link := &object{}
		link.text("userId", l.UserID)
		link.text("email", l.Email)
		link.some("encryptedSessionToken", l.SealedSession)
		o.raw("link", link.bytes())
	}
	if server := state.server(); server != nil {
		o.raw("serverContext", server)
	}
	o.raw("expiresAt", fmt.Appendf(nil, "%d", state.ExpiresAt.UnixMilli()))
	if state.RequestSignUp != nil {
		o.raw("requestSignUp", fmt.Appendf(nil, "%t", *state.RequestSignUp))
	}
	o.some("idTokenNonce", state.Nonce)
	o.text("oauthState", state.ID)
	return o.bytes()
}

// providerMember keeps the provider among the server's own members, where the
// reference lets anything pass.
const providerMember = "provider"

func (state *State) server() []byte {
	if state.Provider == "" && len(state.Server) == 0 {
		return nil
	}
	o := &object{}
	for _, m := range state.Server {
		if m.Name != providerMember {
			o.raw(m.Name, m.Value)
		}
	}
	o.some(providerMember, state.Provider)
	return o.bytes()
}

// object writes a JSON object.
type object struct{ b []byte }

func (o *object) raw(name string, value []byte) {
	separator := byte(',')
	if len(o.b) == 0 {
		separator = '{'
	}
	o.b = append(o.b, separator)
	o.b = db.AppendJSONString(o.b, name)
	o.b = append(append(o.b, ':'), value...)
}

func (o *object) text(name, value string) { o.raw(name, db.AppendJSONString(nil, value)) }

func (o *object) some(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) bytes() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}

var errState = errors.New("oauth: not a state")

// ParseState reads a state as [States.Begin] and the reference write it. It
// vouches for nothing: who may redeem it is up to [States.Redeem].
func ParseState(data []byte) (*State, error) {
	members, err := Members(data)
	if err != nil || !json.Valid(data) {
		return nil, errState
	}
	state := &State{}
	claims := Claims{}
	for _, m := range members {
		claims[m.Name] = m.Value
		if !stateName(m.Name) {
			state.Additional = append(state.Additional, m)
		}
	}
	var callback, verifier *string
	for _, f := range []struct {
		name string
		to   any
	}{
		{"callbackURL", &callback}, {"codeVerifier", &verifier}, {"errorURL", &state.ErrorURL}, {"newUserURL", &state.NewUserURL},
		{"oauthState", &state.ID}, {"idTokenNonce", &state.Nonce}, {"requestSignUp", &state.RequestSignUp},
	} {
		if raw, ok := claims[f.name]; ok && json.Unmarshal(raw, f.to) != nil {
			return nil, errState
		}
	}
	expires, ok := claims.Number("expiresAt")
	if callback == nil || verifier == nil || !ok || expires < 0 || expires > maxInstant*1000 {
		return nil, errState
	}
	state.CallbackURL, state.CodeVerifier = *callback, *verifier
	state.ExpiresAt = time.UnixMilli(int64(expires)).UTC()
	if err := state.parseServer(claims); err != nil {
		return nil, err
	}
	return state, state.parseLink(claims)
}

func (state *State) parseServer(claims Claims) error {
	if !claims.Has("serverContext") {
		return nil
	}
	server, err := Members(claims["serverContext"])
	if err != nil {
		return errState
	}
	for _, m := range server {
		if m.Name == providerMember {
			if json.Unmarshal(m.Value, &state.Provider) != nil || state.Provider == "" {
				return errState
			}
			continue
		}
		state.Server = append(state.Server, m)
	}
	return nil
}

func (state *State) parseLink(claims Claims) error {
	if !claims.Has("link") {
		return nil
	}
	link := claims.In("link")
	l := &LinkTarget{Email: link.Text("email"), SealedSession: link.Text("encryptedSessionToken")}
	var err error
	// Keys that a database counts are numbers in states of the reference.
	if l.UserID, err = link.Subject("userId"); err != nil || l.Email == "" {
		return errState
	}
	if link.Has("encryptedSessionToken") && l.SealedSession == "" {
		return errState
	}
	state.Link = l
	return nil
}
