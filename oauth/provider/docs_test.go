package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/oauth/provider"
)

// TestDocumented finds every provider in the guide, with what it takes.
func TestDocumented(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/providers.md")
	if err != nil {
		t.Fatal(err)
	}
	yes := map[bool]string{true: "yes", false: "no"}
	for _, name := range provider.Names() {
		_, row, ok := strings.Cut(string(guide), "\n| `"+name+"` | ")
		row, _, _ = strings.Cut(row, "\n")
		p := build(t, name, options(t, name, nil, &stub{}))
		if cells := strings.Split(row, " | "); !ok || len(cells) < 6 || cells[0] != p.Title ||
			cells[3] != yes[p.Refresh != nil] || cells[4] != yes[p.VerifyIDToken != nil] {
			t.Errorf("%s is documented as %q", name, row)
		}
	}
}
