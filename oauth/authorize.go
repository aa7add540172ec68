package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// ReservedParams are the parameters of an authorization request that no
// caller may set.
func ReservedParams() []string {
	return []string{"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope"}
}

// Reserved reports whether callers may not set the parameter, in whatever
// case it is written.
func Reserved(name string) bool {
	return slices.Contains(ReservedParams(), strings.ToLower(name))
}

// AuthorizationURL are the parts of an authorization request (RFC 6749,
// section 4.1.1). Empty members are left out.
type AuthorizationURL struct {
	Endpoint     string
	ClientID     string
	ResponseType string // "code" where empty
	ResponseMode string
	State        string
	Scopes       []string // joined by spaces
	RedirectURI  string
	CodeVerifier string
	Nonce        string
	LoginHint    string
	Prompt       string
	AccessType   string
	Display      string
	Duration     string
	HostedDomain string
	Claims       []string // asked for in the ID token, besides the address
	Additional   *Params  // reserved ones are ignored
}

// String returns the URL, with the parameters in the reference's order.
func (u *AuthorizationURL) String() string {
	p := &Params{}
	p.Set("response_type", u.ResponseType)
	if u.ResponseType == "" {
		p.Set("response_type", "code")
	}
	p.Set("client_id", u.ClientID)
	p.Set("state", u.State)
	p.SetSome("scope", strings.Join(u.Scopes, " "))
	p.Set("redirect_uri", u.RedirectURI)
	p.SetSome("duration", u.Duration)
	p.SetSome("display", u.Display)
	p.SetSome("login_hint", u.LoginHint)
	p.SetSome("nonce", u.Nonce)
	p.SetSome("prompt", u.Prompt)
	p.SetSome("hd", u.HostedDomain)
	p.SetSome("access_type", u.AccessType)
	p.SetSome("response_mode", u.ResponseMode)
	if u.CodeVerifier != "" {
		p.Set("code_challenge_method", "S256")
		p.Set("code_challenge", CodeChallenge(u.CodeVerifier))
	}
	if len(u.Claims) > 0 {
		p.Set("claims", claimsRequest(u.Claims))
	}
	p.AddUnreserved(u.Additional)
	return AppendQuery(withoutParams(u.Endpoint, p), p)
}

// AddUnreserved sets the parameters of a caller that callers may set.
func (p *Params) AddUnreserved(more *Params) {
	if more == nil {
		return
	}
	more.Each(func(name, value string) {
		if !Reserved(name) {
			p.Set(name, value)
		}
	})
}

// CodeChallenge returns the S256 challenge of a verifier (RFC 7636, section
// 4.2).
func CodeChallenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// claimsRequest asks for claims in the ID token (OpenID Connect Core, section
// 5.5).
func claimsRequest(claims []string) string {
	b := []byte(`{"id_token":{"email":null,"email_verified":null`)
	for _, name := range claims {
		if name == "email" || name == "email_verified" {
			continue
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			continue
		}
		b = append(append(append(b, ','), quoted...), ":null"...)
	}
	return string(append(b, "}}"...))
}

// withoutParams removes from an endpoint's own query what is going to be set.
// The rest keeps its spelling, which some providers sign.
func withoutParams(endpoint string, p *Params) string {
	endpoint, fragment, hasFragment := strings.Cut(endpoint, "#")
	base, query, hasQuery := strings.Cut(endpoint, "?")
	if hasQuery {
		kept := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
			name, _, _ := strings.Cut(part, "=")
			return part == "" || p.Has(decodeForm(name))
		})
		base = strings.TrimSuffix(base+"?"+strings.Join(kept, "&"), "?")
	}
	if hasFragment {
		base += "#" + fragment
	}
	return base
}
