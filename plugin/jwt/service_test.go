package jwt_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/verify"
)

// Another service verifies tokens by the published keys, and takes a cached
// session for none.
func TestServicesVerify(t *testing.T) {
	t.Parallel()
	for _, algorithm := range everyAlgorithm {
		s := authtest.New(t, cached, with(jwt.Options{Algorithm: algorithm, SignSessionCache: true}))
		web := httptest.NewServer(s.Kernel)
		t.Cleanup(web.Close)
		v, err := verify.New(verify.Options{URL: web.URL + "/api/auth/jwks", Issuer: authtest.Origin, Audience: authtest.Origin, Now: s.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		ada := s.SignUp(email)
		cl, err := v.Verify(t.Context(), ada.Get("/token").Want(200).Text("token"))
		if err != nil || cl.Subject != s.User(email).ID {
			t.Fatalf("%s: %+v, %v", algorithm, cl, err)
		}
		var user core.User
		if err := cl.Decode(&user); err != nil || !strings.EqualFold(user.Email, email) {
			t.Errorf("%+v, %v", user, err)
		}
		if _, err := v.Verify(t.Context(), ada.Cookie(cacheCookie)); err == nil {
			t.Error("a cached session is a token")
		}
	}
}
