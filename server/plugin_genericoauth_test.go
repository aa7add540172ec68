package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
)

// TestProviderAtHome asks a provider on loopback, from an instance there and
// from one that is not, or that was told of another address of the same place.
func TestProviderAtHome(t *testing.T) {
	t.Parallel()
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"authorization_endpoint":"http://` + r.Host + `/authorize","token_endpoint":"http://` + r.Host + `/token"}`))
	}))
	t.Cleanup(idp.Close)
	port := idp.URL[strings.LastIndexByte(idp.URL, ':'):]
	for name, c := range map[string]struct {
		base, provider, more string
		status               int
	}{
		"both at home":         {"http://localhost:3000", "http://127.0.0.1" + port, "", 200},
		"a site of the public": {"https://auth.example.com", "http://127.0.0.1" + port, "", 404},
		"by name":              {"http://127.0.0.1:3000", "http://localhost" + port, "", 200},
		"another spelling":     {"http://localhost:3000", "http://2130706433" + port, "", 404},
		"allowed":              {"https://auth.example.com", "http://127.0.0.1" + port, `"allowPrivateAddresses": true,`, 200},
	} {
		f, err := parse("test.json", []byte(`{"baseURL": "`+c.base+`", "secret": "a-secret-for-tests-0123456789-abcdefghij", "database": "memory:",
			"plugins": {"genericOAuth": {"config": [{"providerId": "idp", "clientId": "id", `+c.more+` "discoveryUrl": "`+c.provider+`"}]}}}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		o, err := f.options()
		if err == nil {
			err = f.addPlugins(&o)
		}
		if err != nil {
			t.Fatal(err)
		}
		o.Database = memory.New()
		auth, err := watchword.New(o)
		if err == nil {
			_, err = auth.Migrate(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-in/social", strings.NewReader(`{"provider":"idp"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		auth.Handler().ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
