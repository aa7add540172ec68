package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/origin"
)

// response is what a browser answers. Members that do not count are not read.
type response struct {
	ID       string `json:"id"`
	RawID    string `json:"rawId"`
	Type     string `json:"type"`
	Response struct {
		ClientData        binary   `json:"clientDataJSON"`
		AttestationObject binary   `json:"attestationObject"` // of a registration
		Transports        []string `json:"transports"`
		AuthenticatorData binary   `json:"authenticatorData"` // of a sign-in
		Signature         binary   `json:"signature"`
		UserHandle        *binary  `json:"userHandle"` // nil where there is none
	} `json:"response"`
}

// binary is base64url, with or without padding.
type binary []byte

// UnmarshalJSON reads a string.
func (b *binary) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if len(text) > maxBinary {
		return errTooLong
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	*b = raw
	return err
}

// What a browser may send at most. Attestations with certificates take a few
// kilobytes.
const (
	maxBinary     = 64 << 10
	maxTransports = 255
	maxCounter    = 1<<31 - 1 // what the column holds
	minRSABits    = 2048
)

var (
	errTooLong   = errors.New("passkey: too long")
	errID        = errors.New("passkey: id and rawId differ")
	errOrigin    = errors.New("passkey: the page's origin is not trusted")
	errFlags     = errors.New("passkey: backup flags that contradict each other, or what is known of the passkey")
	errCounter   = errors.New("passkey: the signature counter is out of range or went back")
	errHandle    = errors.New("passkey: the user handle is somebody else's")
	errUnlisted  = errors.New("passkey: not one of those the options listed")
	errTransport = errors.New("passkey: malformed transports")
	errWeakKey   = errors.New("passkey: an RSA key below 2048 bits")
)

func parse(raw json.RawMessage) (*response, error) {
	r := &response{}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, err
	}
	if r.ID != r.RawID {
		return nil, errID
	}
	return r, nil
}

func (r *response) credential() (protocol.PublicKeyCredential, error) {
	id, err := base64.RawURLEncoding.Strict().DecodeString(r.RawID)
	return protocol.PublicKeyCredential{Credential: protocol.Credential{ID: r.ID, Type: r.Type}, RawID: id}, err
}

// proveCreation checks a registration (WebAuthn Level 3, section 7.1).
func (k *passkeys) proveCreation(r *response, challenge string, origins []string) (*protocol.ParsedCredentialCreationData, error) {
	base, err := r.credential()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.CredentialCreationResponse{PublicKeyCredential: base,
		AttestationResponse: protocol.AuthenticatorAttestationResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: protocol.URLEncodedBase64(r.Response.ClientData)},
			AttestationObject:     protocol.URLEncodedBase64(r.Response.AttestationObject)}}.Parse()
	if err != nil {
		return nil, err
	}
	params := make([]protocol.CredentialParameter, 0, len(algorithms))
	for _, alg := range algorithms {
		params = append(params, protocol.CredentialParameter{Type: publicKey, Algorithm: webauthncose.COSEAlgorithmIdentifier(alg)})
	}
	// Opaque origins are those the package compares letter by letter.
	if _, err = parsed.Verify(challenge, k.RPID, nil, origins, nil, protocol.TopOriginExplicitVerificationMode, false,
		k.Selection.UserVerification == required, true, nil, params, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}); err != nil {
		return nil, err
	}
	data := &parsed.Response.AttestationObject.AuthData
	if data.Flags.HasBackupState() && !data.Flags.HasBackupEligible() {
		return nil, errFlags
	}
	if data.Counter > maxCounter {
		return nil, errCounter
	}
	return parsed, checkKey(data.AttData.CredentialPublicKey)
}

// checkKey finds what a key is too weak or too broken for.
func checkKey(cose []byte) error {
	key, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return err
	}
	if rsa, ok := key.(webauthncose.RSAPublicKeyData); ok && len(trimZeros(rsa.Modulus))*8 < minRSABits {
		return errWeakKey
	}
	return nil
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// proveAssertion checks a sign-in (WebAuthn Level 3, section 7.2) and returns
// what the authenticator said.
func (k *passkeys) proveAssertion(r *response, p *Passkey, challenge string, origins []string) (*protocol.AuthenticatorData, error) {
	base, err := r.credential()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.CredentialAssertionResponse{PublicKeyCredential: base,
		AssertionResponse: protocol.AuthenticatorAssertionResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: protocol.URLEncodedBase64(r.Response.ClientData)},
			AuthenticatorData:     protocol.URLEncodedBase64(r.Response.AuthenticatorData),
			Signature:             protocol.URLEncodedBase64(r.Response.Signature)}}.Parse()
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(p.PublicKey)
	if err != nil {
		return nil, err
	}
	if err = parsed.Verify(challenge, k.RPID, "", nil, origins, nil, protocol.TopOriginExplicitVerificationMode, false,
		k.Selection.UserVerification == required, true, key, protocol.SignaturePolicy{}); err != nil {
		return nil, err
	}
	data := &parsed.Response.AuthenticatorData
	eligible := data.Flags.HasBackupEligible()
	switch counter := int64(data.Counter); {
	case eligible != (p.DeviceType == MultiDevice), data.Flags.HasBackupState() && !eligible:
		return nil, errFlags
	case counter > maxCounter, counter <= p.Counter && (counter > 0 || p.Counter > 0):
		return nil, errCounter
	case r.Response.UserHandle != nil && !k.handles.allow(string(*r.Response.UserHandle), p.UserID):
		return nil, errHandle
	}
	return data, nil
}

// transports are those of a registration, as they are stored.
func (r *response) transports() (string, error) {
	joined := strings.Join(r.Response.Transports, ",")
	if len(joined) > maxTransports || slices.ContainsFunc(r.Response.Transports, func(t string) bool {
		return t == "" || strings.Trim(t, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""
	}) {
		return "", errTransport
	}
	return joined, nil
}

// origins are the pages that may hold the ceremony: none where that of the
// request is not trusted. It is false where neither options nor request name
// one.
func (k *passkeys) origins(c *core.Context) ([]string, bool) {
	if len(k.Origins) > 0 {
		return k.Origins, true
	}
	page := c.Header("Origin")
	if page == "" {
		return nil, false
	}
	// A browser writes an origin in one way only.
	if canonical, ok := origin.Of(page); ok && canonical != page || !c.TrustsOrigin(page) {
		return nil, true
	}
	return []string{page}, true
}
