package social

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// Request is what sign-ins and linkings ask of a provider alike.
type Request struct {
	Provider         string              `json:"provider"`
	CallbackURL      input.Opt[string]   `json:"callbackURL,omitzero"`      // where the browser goes afterwards
	ErrorCallbackURL input.Opt[string]   `json:"errorCallbackURL,omitzero"` // and after a failure
	DisableRedirect  input.Opt[bool]     `json:"disableRedirect,omitzero"`  // the client goes to the URL by itself
	IDToken          *IDToken            `json:"idToken,omitempty"`         // proves the user at once; nil: the browser is sent to the provider
	Scopes           input.Opt[[]string] `json:"scopes,omitzero"`           // besides the configured ones
	RequestSignUp    input.Opt[bool]     `json:"requestSignUp,omitzero"`    // for providers that do not sign up new users unasked
	LoginHint        input.Opt[string]   `json:"loginHint,omitzero"`
	// AdditionalParams are further parameters of the authorization URL, an
	// object of strings.
	AdditionalParams json.RawMessage `json:"additionalParams,omitempty"`
	// AdditionalData is passed along to hooks, an object.
	AdditionalData json.RawMessage `json:"additionalData,omitempty"`
}

// IDToken is an ID token that the client got from the provider by itself.
type IDToken struct {
	Token        string            `json:"token"`
	Nonce        input.Opt[string] `json:"nonce,omitzero"` // the one the token was asked for with
	AccessToken  input.Opt[string] `json:"accessToken,omitzero"`
	RefreshToken input.Opt[string] `json:"refreshToken,omitzero"`
	// ExpiresAt is taken and, as in the reference, not used.
	ExpiresAt input.Opt[float64] `json:"expiresAt,omitzero"`
	// User is what the provider told the client of the user, unsigned.
	User *IDTokenUser `json:"user,omitempty"`
}

// IDTokenUser is the name that Apple tells the client and does not sign.
type IDTokenUser struct {
	Name struct {
		FirstName input.Opt[string] `json:"firstName,omitzero"`
		LastName  input.Opt[string] `json:"lastName,omitzero"`
	} `json:"name"`
	Email input.Opt[string] `json:"email,omitzero"` // not believed
}

// bind reads the members in the reference's order.
func (in *Request) bind(body *input.Object, signIn bool, newUser *input.Opt[string]) {
	body.OptText("callbackURL", &in.CallbackURL)
	if signIn {
		body.OptText("newUserCallbackURL", newUser)
	}
	body.OptText("errorCallbackURL", &in.ErrorCallbackURL)
	in.bindProvider(body)
	body.OptBool("disableRedirect", &in.DisableRedirect)
	var token IDToken
	if body.OptObject("idToken", func(o *input.Object) { token.bind(o, signIn) }) {
		in.IDToken = &token
	}
	body.OptTexts("scopes", &in.Scopes)
	body.OptBool("requestSignUp", &in.RequestSignUp)
	body.OptText("loginHint", &in.LoginHint)
	in.bindParams(body)
	var data map[string]json.RawMessage
	body.OptMembers("additionalData", &data)
	in.AdditionalData = body.All()["additionalData"]
}

// bindProvider refuses in the words of the reference, where this member has
// several types.
func (in *Request) bindProvider(body *input.Object) {
	var raw input.Opt[json.RawMessage]
	body.OptRaw("provider", &raw)
	if len(raw.Value) == 0 || raw.Value[0] != '"' || json.Unmarshal(raw.Value, &in.Provider) != nil {
		body.Refuse("provider", "Invalid input")
	}
}

func (in *Request) bindParams(body *input.Object) {
	var params map[string]json.RawMessage
	body.OptMembers("additionalParams", &params)
	in.AdditionalParams = body.All()["additionalParams"]
	members, _ := oauth.Members(in.AdditionalParams)
	reserved, texts := false, true
	for _, m := range members {
		reserved = reserved || oauth.Reserved(m.Name)
		if m.Value[0] != '"' {
			texts = false
			body.Refuse("additionalParams."+m.Name, "Invalid input: expected string, received "+kind(m.Value))
		}
	}
	if reserved && texts {
		body.Refuse("additionalParams", "additionalParams cannot include reserved OAuth parameters: "+strings.Join(oauth.ReservedParams(), ", "))
	}
}

// kind names a JSON value as the reference's validation does.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func (t *IDToken) bind(o *input.Object, signIn bool) {
	o.Text("token", &t.Token)
	o.OptText("nonce", &t.Nonce)
	o.OptText("accessToken", &t.AccessToken)
	o.OptText("refreshToken", &t.RefreshToken)
	if !signIn {
		return
	}
	o.OptNumber("expiresAt", &t.ExpiresAt)
	var user IDTokenUser
	given := o.OptObject("user", func(o *input.Object) {
		o.OptObject("name", func(o *input.Object) {
			o.OptText("firstName", &user.Name.FirstName)
			o.OptText("lastName", &user.Name.LastName)
		})
		o.OptText("email", &user.Email)
	})
	if given {
		t.User = &user
	}
}

// params returns the caller's own parameters of the authorization URL.
func (in *Request) params() *oauth.Params {
	members, err := oauth.Members(in.AdditionalParams)
	if err != nil {
		return nil
	}
	p := &oauth.Params{}
	for _, m := range members {
		var text string
		if json.Unmarshal(m.Value, &text) == nil {
			p.Set(m.Name, text)
		}
	}
	return p
}

func (in *Request) data() []oauth.Member {
	members, _ := oauth.Members(in.AdditionalData)
	return slices.Clip(members)
}

// tokens returns what the client sent as the provider's tokens.
func (t *IDToken) tokens() *oauth.Tokens {
	tokens := &oauth.Tokens{IDToken: t.Token, AccessToken: t.AccessToken.Value, RefreshToken: t.RefreshToken.Value}
	if t.User != nil {
		tokens.FirstName, tokens.LastName = t.User.Name.FirstName.Value, t.User.Name.LastName.Value
	}
	return tokens
}
