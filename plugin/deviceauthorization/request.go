package deviceauthorization

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/weburl"
)

// Request is POST /device/code.
const Request core.Ref[RequestInput, RequestOutput] = "deviceCode"

// RequestInput asks for a session of a user who has to agree.
type RequestInput struct {
	ClientID string            `json:"client_id"`
	UserID   input.Opt[string] `json:"user_id,omitzero"` // who is to agree; absent: whoever looks first
	Scope    input.Opt[string] `json:"scope,omitzero"`
}

// Bind reads the body.
func (in *RequestInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("client_id", &in.ClientID).Describe("The client that asks")
	body.OptText("user_id", &in.UserID).Describe("The user who is to agree")
	body.OptText("scope", &in.Scope).Describe("Scopes, separated by blanks")
}

// RequestOutput is what the device shows and keeps.
type RequestOutput struct {
	DeviceCode              string `json:"device_code"`
	UserCode                string `json:"user_code"`
	VerificationURI         string `json:"verification_uri"`
	VerificationURIComplete string `json:"verification_uri_complete"`
	ExpiresIn               int64  `json:"expires_in"` // seconds
	Interval                int64  `json:"interval"`   // seconds
}

// refuseRequest words what is wrong with the body as OAuth does.
func refuseRequest(_ *core.Context, r *core.Result) error {
	if r.Err != nil && errors.Is(r.Err, core.ErrValidation) {
		return invalid(r.Err.Message)
	}
	return nil
}

// attempts is how often a code is made anew that somebody has already.
const attempts = 3

func (d *devices) request(c *core.Context, in *RequestInput) (*RequestOutput, error) {
	c.ResponseHeader().Set("Pragma", "no-cache")
	if err := in.settle(c.Input()); err != nil {
		return nil, err
	}
	if err := d.admit(c, in.ClientID); err != nil {
		return nil, err
	}
	if d.OnRequest != nil {
		if err := d.OnRequest(c, in.ClientID, in.Scope.Value); err != nil {
			return nil, err
		}
	}
	interval := d.Interval.Milliseconds()
	r := &row{ExpiresAt: c.Now().Add(d.ExpiresIn), Status: pending, Interval: &interval, ClientID: &in.ClientID}
	if in.UserID.Value != "" {
		r.UserID = &in.UserID.Value
	}
	if in.Scope.Value != "" {
		r.Scope = &in.Scope.Value
	}
	for range attempts {
		err := d.store(c, r)
		if errors.Is(err, db.ErrConflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page := d.page(c)
		return &RequestOutput{
			DeviceCode: r.DeviceCode, UserCode: r.UserCode,
			VerificationURI:         weburl.Resolve(c.Origin(), page),
			VerificationURIComplete: weburl.SetQuery(c.Origin(), page, "user_code", r.UserCode),
			ExpiresIn:               int64(d.ExpiresIn / time.Second), Interval: int64(d.Interval / time.Second),
		}, nil
	}
	return nil, errNoUniqueCode
}

// settle applies OAuth's rules (RFC 6749, section 3.2): a parameter without a
// value is none, and none comes twice.
func (in *RequestInput) settle(sent *input.Raw) error {
	for _, p := range []struct {
		name string
		to   *string
	}{{"client_id", &in.ClientID}, {"user_id", &in.UserID.Value}, {"scope", &in.Scope.Value}} {
		given := 0
		for _, value := range sent.FormValues(p.name) {
			if value == "" {
				continue
			}
			if given++; given > 1 {
				return invalid(p.name + " must not be repeated")
			}
			*p.to = value
		}
	}
	if in.ClientID == "" {
		return invalid("client_id is required")
	}
	return nil
}

// admit refuses clients the application does not know.
func (d *devices) admit(c *core.Context, clientID string) error {
	if d.ValidateClient == nil {
		return nil
	}
	known, err := d.ValidateClient(c, clientID)
	if err == nil && !known {
		err = errInvalidClient
	}
	return err
}

// store makes codes and keeps the request under them.
func (d *devices) store(c *core.Context, r *row) (err error) {
	r.ID = c.NewID("deviceCode")
	r.DeviceCode, err = code(c, "device", d.GenerateDeviceCode, secret.Alphanumeric, d.DeviceCodeLength)
	if err == nil {
		r.UserCode, err = code(c, "user", d.GenerateUserCode, UserCodeAlphabet, d.UserCodeLength)
	}
	if err != nil {
		return err
	}
	return db.Create(c, c.DB(), d.table.Table, r)
}

// code makes a code by the application's function, or else of an alphabet.
func code(c *core.Context, kind string, made func(*core.Context) (string, error), from secret.Alphabet, length int) (string, error) {
	if made == nil {
		return secret.Text(c.Random(), from, length), nil
	}
	text, err := made(c)
	if err == nil && utf8.RuneCountInString(text) > maxCode {
		err = invalid("Generated " + kind + " code must be at most 191 characters")
	}
	if err == nil && text == "" {
		err = &core.Error{Status: http.StatusInternalServerError, Err: errors.New("deviceauthorization: an empty " + kind + " code was made")}
	}
	return text, err
}

// page returns where codes are typed. A relative one is below the base path
// unless it starts with a slash, as browsers resolve it.
func (d *devices) page(c *core.Context) string {
	u, err := url.Parse(d.VerificationURI)
	if err != nil || u.Scheme != "" || strings.HasPrefix(d.VerificationURI, "/") {
		return d.VerificationURI
	}
	base := c.BaseURL()
	return base[:strings.LastIndexByte(base, '/')+1] + d.VerificationURI
}
