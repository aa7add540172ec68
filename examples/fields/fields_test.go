package fields_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/examples/fields"
)

func TestFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, more string
		status     int
		want       string
	}{
		{"a handle", `,"handle":"Ada-L"`, 200, `"handle":"ada-l","plan":"free"`},
		{"none", "", 400, "handle is required"},
		{"a short one", `,"handle":"a"`, 400, "three characters or more"},
		{"a list", `,"handle":["ada"]`, 422, "FAILED_TO_CREATE_USER"},
		{"a plan of one's own", `,"handle":"ada","plan":"paid"`, 200, `"plan":"free"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			auth, err := watchword.New(fields.Options(memory.New(), "only for this test", "http://localhost:3000"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = auth.Close(t.Context()) }()
			r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-up/email",
				strings.NewReader(`{"name":"Ada","email":"ada@example.com","password":"correct horse"`+tt.more+`}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			auth.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, tt.status, tt.want)
			}
		})
	}
}

// TestSchema shows that the columns are part of the schema.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema, err := watchword.Schema(fields.Options(nil, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	c := schema.Table("user").Column("handle")
	if c == nil || c.Physical != "handle_name" || !c.Unique || c.Null {
		t.Errorf("the column is %+v", c)
	}
}
