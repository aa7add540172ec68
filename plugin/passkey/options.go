package passkey

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// The shapes of what a browser is asked, as SimpleWebAuthn's browser package
// reads them.

type entity struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

type party struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

type parameter struct {
	Alg  int64  `json:"alg"`
	Type string `json:"type"`
}

// Credential names a passkey to a browser.
type Credential struct {
	ID         string   `json:"id"`
	Transports []string `json:"transports,omitempty"`
	Type       string   `json:"type"`
}

type selection struct {
	ResidentKey        string `json:"residentKey"`
	UserVerification   string `json:"userVerification"`
	Attachment         string `json:"authenticatorAttachment,omitempty"`
	RequireResidentKey bool   `json:"requireResidentKey"`
}

// CreationOptions are WebAuthn's PublicKeyCredentialCreationOptionsJSON.
type CreationOptions struct {
	Challenge          string                     `json:"challenge"`
	RP                 party                      `json:"rp"`
	User               entity                     `json:"user"`
	PubKeyCredParams   []parameter                `json:"pubKeyCredParams"`
	Timeout            int64                      `json:"timeout"` // milliseconds
	Attestation        string                     `json:"attestation"`
	ExcludeCredentials []Credential               `json:"excludeCredentials"`
	Selection          selection                  `json:"authenticatorSelection"`
	Extensions         map[string]json.RawMessage `json:"extensions"`
	Hints              []string                   `json:"hints"`
}

// RequestOptions are WebAuthn's PublicKeyCredentialRequestOptionsJSON.
type RequestOptions struct {
	RPID             string                     `json:"rpId"`
	Challenge        string                     `json:"challenge"`
	AllowCredentials []Credential               `json:"allowCredentials,omitempty"`
	Timeout          int64                      `json:"timeout"` // milliseconds
	UserVerification string                     `json:"userVerification"`
	Extensions       map[string]json.RawMessage `json:"extensions,omitempty"`
}

const (
	publicKey = "public-key"
	timeout   = 60_000
)

// algorithms are those of COSE (RFC 9053) that new passkeys may have: EdDSA,
// ES256, RS256.
var algorithms = []int64{-8, -7, -257}

func (k *passkeys) creation(c *core.Context, challenge string, user entity, attachment string, have []*Passkey) (*CreationOptions, error) {
	extensions, err := k.Registration.Extensions.of(c)
	if err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{}
	maps.Copy(all, extensions)
	all["credProps"] = json.RawMessage("true")
	s := k.Selection
	if attachment == "" {
		attachment = s.AuthenticatorAttachment
	}
	o := &CreationOptions{
		Challenge: challenge, RP: party{k.RPName, k.RPID}, User: user, Timeout: timeout, Attestation: "none",
		ExcludeCredentials: named(have), Extensions: all, Hints: []string{},
		Selection: selection{s.ResidentKey, s.UserVerification, attachment, s.ResidentKey == required},
	}
	for _, alg := range algorithms {
		o.PubKeyCredParams = append(o.PubKeyCredParams, parameter{alg, publicKey})
	}
	return o, nil
}

func (k *passkeys) request(c *core.Context, challenge string, allowed []*Passkey) (*RequestOptions, error) {
	extensions, err := k.Authentication.Extensions.of(c)
	verification := preferred // whatever was asked for at registration, as in the reference
	if k.Selection.UserVerification == required {
		verification = required
	}
	return &RequestOptions{RPID: k.RPID, Challenge: challenge, AllowCredentials: named(allowed), Timeout: timeout,
		UserVerification: verification, Extensions: extensions}, err
}

// of asks for the extensions of a call.
func (e Extensions) of(c *core.Context) (map[string]json.RawMessage, error) {
	if e == nil {
		return nil, nil
	}
	return e(c)
}

func named(list []*Passkey) []Credential {
	credentials := make([]Credential, 0, len(list))
	for _, p := range list {
		one := Credential{ID: p.CredentialID, Type: publicKey}
		if p.Transports != nil {
			one.Transports = strings.Split(*p.Transports, ",")
		}
		credentials = append(credentials, one)
	}
	return credentials
}
