package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEverythingLinkedMayBe(t *testing.T) {
	t.Chdir("../..")
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The Go standard library", "modernc.org/sqlite", "github.com/inconshreveable/mousetrap"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is linked on some system, and its licence is missing", want)
		}
	}
}

func TestOtherLicencesAreRefused(t *testing.T) {
	mit, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file, text string
		refused    string
	}{
		"ours": {"LICENSE", string(mit), ""},
		"strict": {"COPYING", "This program is free software: you can redistribute it and/or modify it under the terms of the " +
			"GNU Affero General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.", "AGPL"},
		"no licence": {"README", "all rights reserved", "no licence that is known"},
		"own words":  {"LICENSE", "You may look at this on Tuesdays.", "no licence that is known"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, test.file), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := module{"example.com/m", "v1", dir}.write(&strings.Builder{})
			if (err == nil) != (test.refused == "") || err != nil && !strings.Contains(err.Error(), test.refused) {
				t.Errorf("got %v, want %q", err, test.refused)
			}
		})
	}
}
