package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/server/config"
)

// defaultListen is reachable from this machine only.
const defaultListen = "127.0.0.1:3000"

// load reads and decodes a configuration file.
func (s *System) load(path string) (*file, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		if failed, ok := errors.AsType[*fs.PathError](err); ok {
			err = failed.Err
		}
		return nil, fmt.Errorf("the configuration %s cannot be read: %w", path, err)
	}
	return parse(path, data, s.LookupEnv)
}

func parse(name string, data []byte, lookup func(string) (string, bool)) (*file, error) {
	root, err := config.Parse(name, data, lookup)
	if root == nil {
		return nil, err
	}
	f := &file{root: root}
	if err = errors.Join(err, config.Decode(root, f)); err != nil {
		return nil, err
	}
	f.defaults(lookup)
	_, err = f.options()
	return f, errors.Join(err, f.checkPlaces())
}

// defaults fills in what is not given, but nothing that production must be
// told.
func (f *file) defaults(lookup func(string) (string, bool)) {
	if f.Listen == "" {
		f.Listen = defaultListen
	}
	if f.Stateless && f.Database == "" {
		f.Database = "memory:"
	}
	if f.Secret == "" && len(f.Secrets) == 0 && lookup != nil {
		for _, name := range []string{"WATCHWORD_SECRET", "BETTER_AUTH_SECRET", "AUTH_SECRET"} {
			if value, _ := lookup(name); value != "" {
				f.Secret = value
				return
			}
		}
	}
}

// checkPlaces checks addresses and URLs of the file's own keys.
func (f *file) checkPlaces() error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, f.root.At(key).Errorf(format, args...))
	}
	for key, address := range map[string]string{"listen": f.Listen, "metrics.listen": f.Metrics.Listen} {
		if _, port, err := net.SplitHostPort(address); address != "" && (err != nil || port == "") {
			fault(key, "expected host:port, such as 127.0.0.1:3000")
		}
	}
	if f.Stateless && f.root.Get("database") != nil {
		fault("stateless", "is for servers without a database; remove one of the two")
	}
	if f.Database == "" {
		fault("database", "database is missing: set sqlite:PATH, postgres://…, mysql://… or memory:, or stateless: true")
	} else if _, err := databaseDialect(f.Database); err != nil {
		fault("database", "%v", err)
	}
	return errors.Join(faults...)
}

// checkProduction finds what development allows and production must not have.
func (f *file) checkProduction() []error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, f.root.At(key).Errorf(format, args...))
	}
	current, key := f.Secret, "secret"
	if len(f.Secrets) > 0 {
		current, key = f.Secrets[0].Value, "secrets"
	}
	if current == "" {
		fault("", "secret is missing: `watchword secret` makes one; keep it in the environment, as in secret: ${WATCHWORD_SECRET}")
	} else if err := secret.Weakness(current); err != nil {
		fault(key, "%v; `watchword secret` makes a strong one", err)
	}
	f.checkBaseURL(fault)
	if strings.HasPrefix(f.Database, "memory:") && !f.Stateless {
		fault("database", "memory: loses every user when the server stops; use sqlite:PATH, postgres://… or mysql://…")
	}
	if strings.HasPrefix(f.SecondaryStorage, "memory") {
		fault("secondaryStorage", "memory loses every session when the server stops; use redis://… or leave it out")
	}
	return faults
}

func (f *file) checkBaseURL(fault func(key, format string, args ...any)) {
	if d := f.BaseURL.dynamic; d != nil {
		if d.Protocol != "https" {
			fault("baseURL.protocol", `must be "https"`)
		}
		if d.Fallback != "" && !strings.HasPrefix(d.Fallback, "https://") {
			fault("baseURL.fallback", "must start with https://")
		}
		return
	}
	u, err := url.Parse(f.BaseURL.text)
	switch {
	case f.BaseURL.text == "":
		fault("", "baseURL is missing: set the https address under which clients reach this server")
	case err != nil || u.Scheme != "https":
		fault("baseURL", "must start with https://; cookies and passwords would travel in the clear")
	}
}

// secretFile is kept beside a development server's database.
const secretFile = ".watchword-secret"

// development is the configuration where no file is given.
func (s *System) development() (*file, error) {
	value, err := developmentSecret(filepath.Join(s.Dir, secretFile), s.Random)
	if err != nil {
		return nil, err
	}
	f, err := parse("the built-in development configuration",
		[]byte(`{"baseURL": "http://localhost:3000", "emailAndPassword": {"enabled": true}, "delivery": {"console": true}, "database": "memory:"}`), nil)
	if err != nil {
		return nil, err
	}
	f.Secret, f.Database = value, "sqlite:"+filepath.Join(s.Dir, "watchword.db")
	return f, nil
}
