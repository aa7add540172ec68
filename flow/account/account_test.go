package account_test

import (
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

type body = authtest.JSON

// link adds an account at a provider to a user.
func link(t *testing.T, s *authtest.Server, email, provider string) *core.Account {
	t.Helper()
	scope, secret := "openid,email", "secret"
	a := &core.Account{UserID: s.User(email).ID, ProviderID: provider, AccountID: "42", Scope: &scope, AccessToken: &secret}
	if err := s.Context().Accounts().Create(a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestList(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		s.Client().Get("/list-accounts").WantCode(401, "UNAUTHORIZED")
		ada := s.SignUp("ada@example.com")
		s.SignUp("eve@example.com")
		link(t, s, "ada@example.com", "github")
		var got []map[string]any
		ada.Get("/list-accounts").Want(200, `"scopes":[]`, `"scopes":["openid","email"]`).Decode(&got)
		if len(got) != 2 {
			t.Fatalf("%v", got)
		}
		for _, a := range got {
			for _, name := range []string{"id", "providerId", "accountId", "userId", "createdAt", "updatedAt", "scopes"} {
				if _, ok := a[name]; !ok {
					t.Errorf("no %s in %v", name, a)
				}
			}
			if len(a) != 7 {
				t.Errorf("more than is to be shown: %v", a)
			}
		}
	})
}

func TestUnlink(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		ada, eve := s.SignUp("ada@example.com"), s.SignUp("eve@example.com")
		credential, err := s.Context().Accounts().Credential(s.User("ada@example.com").ID)
		if err != nil {
			t.Fatal(err)
		}
		ada.Post("/unlink-account", body{"accountId": credential.ID}).
			WantBody(400, `{"message":"You can't unlink your last account","code":"FAILED_TO_UNLINK_LAST_ACCOUNT"}`)
		github := link(t, s, "ada@example.com", "github")
		link(t, s, "eve@example.com", "github")
		eve.Post("/unlink-account", body{"accountId": github.ID}).WantBody(400, `{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}`)
		ada.Post("/unlink-account", body{"accountId": 1}).WantCode(400, "VALIDATION_ERROR")
		ada.Post("/unlink-account", body{"accountId": github.ID}).WantBody(200, `{"status":true}`)
		if left, err := s.Context().Accounts().ByUser(s.User("ada@example.com").ID); err != nil || len(left) != 1 || left[0].ID != credential.ID {
			t.Errorf("%v, %v", left, err)
		}
	})
}

func TestUnlinkAllWhereAllowed(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.Account.Linking.AllowUnlinkingAll = true })
	ada := s.SignUp("ada@example.com")
	credential, err := s.Context().Accounts().Credential(s.User("ada@example.com").ID)
	if err != nil {
		t.Fatal(err)
	}
	ada.Post("/unlink-account", body{"accountId": credential.ID}).WantBody(200, `{"status":true}`)
}

// Racing calls each find another account to be left, and one must be wrong.
func TestOneAccountIsLeftWhateverRaces(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		ada := s.SignUp("ada@example.com")
		user := s.User("ada@example.com").ID
		for _, provider := range []string{"github", "google", "apple"} {
			link(t, s, "ada@example.com", provider)
		}
		accounts, err := s.Context().Accounts().ByUser(user)
		if err != nil {
			t.Fatal(err)
		}
		var done sync.WaitGroup
		for _, a := range accounts {
			c := ada.Clone()
			done.Go(func() { c.Post("/unlink-account", body{"accountId": a.ID}) })
		}
		done.Wait()
		if left, err := s.Context().Accounts().ByUser(user); err != nil || len(left) != 1 {
			t.Errorf("%d accounts left, %v", len(left), err)
		}
	})
}
