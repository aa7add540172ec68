package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Token sends a request to a token endpoint (RFC 6749, section 3.2) and
// returns the tokens of the answer. The form is completed with the client's
// proof. An answer that is an error, whatever its status, is one here.
func (c *Client) Token(ctx context.Context, endpoint string, form *Params, auth ClientAuth, header map[string]string) (*Tokens, error) {
	call := Call{Method: http.MethodPost, URL: endpoint, Form: form, Header: map[string]string{}}
	maps.Copy(call.Header, header)
	if err := auth.apply(ctx, &call); err != nil {
		return nil, err
	}
	return c.tokens(ctx, call)
}

func (c *Client) tokens(ctx context.Context, call Call) (*Tokens, error) {
	body, err := c.Do(ctx, call)
	if err != nil {
		if status, ok := errors.AsType[*StatusError](err); ok {
			err = fmt.Errorf("%w: %s", err, errorCode(status.Body))
		}
		return nil, err
	}
	return ParseTokens(body, c.Now())
}

// errorCode returns the error member of an answer (RFC 6749, section 5.2), or
// what is fit for a log without it.
func errorCode(body []byte) string {
	claims, err := ParseClaims(body)
	if err != nil {
		return "no JSON"
	}
	return claims.Text("error")
}

// CodeForm returns the form that redeems a code (RFC 6749, section 4.1.3).
func CodeForm(r *ExchangeRequest) *Params {
	p := &Params{}
	p.Set("grant_type", "authorization_code")
	p.Set("code", r.Code)
	p.SetSome("code_verifier", r.CodeVerifier)
	p.SetSome("device_id", r.DeviceID)
	p.Set("redirect_uri", r.RedirectURI)
	return p
}

// RefreshForm returns the form that gets new tokens (RFC 6749, section 6).
func RefreshForm(refreshToken string) *Params {
	p := &Params{}
	p.Set("grant_type", "refresh_token")
	p.Set("refresh_token", refreshToken)
	return p
}

// ParseTokens reads the answer of a token endpoint. Lifetimes count from now.
func ParseTokens(body []byte, now time.Time) (*Tokens, error) {
	claims, err := ParseClaims(body)
	if err != nil {
		return nil, fmt.Errorf("oauth: the token endpoint's answer: %w", err)
	}
	if code := claims.Text("error"); code != "" {
		return nil, fmt.Errorf("oauth: the token endpoint refused: %s", code)
	}
	t := &Tokens{
		Type: claims.Text("token_type"), AccessToken: claims.Text("access_token"),
		RefreshToken: claims.Text("refresh_token"), IDToken: claims.Text("id_token"),
		AccessTokenExpiresAt:  lifetime(claims["expires_in"], now),
		RefreshTokenExpiresAt: lifetime(claims["refresh_token_expires_in"], now),
		Scopes:                parseScopes(claims["scope"]), Raw: body,
	}
	if t.AccessToken == "" && t.IDToken == "" {
		return nil, errors.New("oauth: the token endpoint's answer has no token")
	}
	return t, nil
}

// lifetime reads a number of seconds, which some providers send as text.
func lifetime(raw json.RawMessage, now time.Time) time.Time {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || seconds <= 0 || seconds > maxInstant {
		return time.Time{}
	}
	return now.Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Millisecond)
}

// parseScopes reads scopes as RFC 6749, section 3.3 has them, or as a list.
func parseScopes(raw json.RawMessage) []string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.Fields(text)
	}
	var items []json.RawMessage
	var scopes []string
	_ = json.Unmarshal(raw, &items)
	for _, item := range items {
		if json.Unmarshal(item, &text) == nil && strings.TrimSpace(text) != "" {
			scopes = append(scopes, strings.TrimSpace(text))
		}
	}
	return scopes
}
