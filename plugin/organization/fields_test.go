package organization_test

import (
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/plugin/organization"
)

// Columns of one's own are members of the body as all others.
func TestColumnsOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(organization.Options{
		Teams: organization.Teams{Enabled: true},
		Schema: organization.Schema{
			Organization: organization.Model{AdditionalFields: []core.AdditionalField{
				{Name: "region", Required: true},
				{Name: "seats", Type: db.KindNumber},
				{Name: "tags", Type: db.KindTextList},
				{Name: "plan", NoInput: true, Default: func() any { return "free" }},
			}},
			Team: organization.Model{AdditionalFields: []core.AdditionalField{{Name: "floor", Type: db.KindBigInt}}},
		},
	}))
	ada := s.SignUp("ada@example.com")
	for _, wrong := range []struct {
		path string
		in   body
		says string
	}{
		{"create", body{"name": "x", "slug": "x"}, "[body.region] Invalid input: expected string, received undefined"},
		{"create", body{"name": "x", "slug": "x", "region": 5, "seats": "many"},
			"[body.region] Invalid input: expected string, received number; [body.seats] Invalid input: expected number, received string"},
		{"create", body{"name": "x", "slug": "x", "region": "eu", "tags": "a"}, "[body.tags] Invalid input: expected array, received string"},
		{"create", body{"name": "x", "slug": "x", "region": "eu", "tags": []any{"a", 1}}, "[body.tags.1] Invalid input: expected string, received number"},
		{"update", body{"data": body{"region": nil}}, "[body.data.region] Invalid input: expected string, received null"},
		{"create-team", body{"name": "x", "floor": "first"}, "[body.floor] Invalid input: expected number, received string"},
	} {
		ada.Post("/organization/"+wrong.path, wrong.in).WantBody(400, `{"message":"`+wrong.says+`","code":"VALIDATION_ERROR"}`)
	}
	ada.Post("/organization/create", body{"name": "x", "slug": "x", "region": "eu", "seats": nil, "tags": []string{"a"}, "plan": "gold"}).
		Want(200, `"region":"eu"`, `"tags":["a"]`, `"plan":"free"`)
	ada.Post("/organization/update", body{"data": body{"seats": 7, "plan": "gold"}}).Want(200, `"seats":7`, `"plan":"free"`, `"region":"eu"`)
	ada.Post("/organization/create-team", body{"name": "x", "floor": 3}).Want(200, `"floor":3`)
}

// A session outside of the database has the columns that it was given.
func TestSessionsOutsideOfTheDatabase(t *testing.T) {
	t.Parallel()
	for name, both := range map[string]bool{"alone": false, "beside the database": true} {
		t.Run(name, func(t *testing.T) {
			s := authtest.New(t, with(teams), func(o *core.Options) {
				o.SecondaryStorage, o.Session.StoreSessionInDatabase = kv.NewMemory(kv.MemoryOptions{Now: o.Now}), both
			})
			ada := s.SignUp("ada@example.com")
			if got := ada.Get("/get-session").Want(200).Body; strings.Contains(got, "activeOrganizationId") || strings.Contains(got, "activeTeamId") {
				t.Errorf("columns that were never given: %s", got)
			}
			ada.Post("/organization/create", body{"name": "x", "slug": "x"}).Want(200)
			ada.Post("/organization/set-active", body{"organizationId": nil}).Want(200)
			ada.Get("/get-session").Want(200, `"activeOrganizationId":null`)
		})
	}
	s := authtest.New(t, with(teams))
	s.SignUp("ada@example.com").Get("/get-session").Want(200, `"activeOrganizationId":null`, `"activeTeamId":null`)
}
