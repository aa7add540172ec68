package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/watchword-auth/watchword/secret"
)

// developmentSecret reads the secret kept in a file, or makes one and keeps it
// there for nobody else to read. Servers that start at once agree on one: a
// link, unlike a file being written, is there whole or not at all.
func developmentSecret(path string, random io.Reader) (string, error) {
	if _, err := os.Lstat(path); err == nil {
		return keptSecret(path)
	}
	value := newSecret(random)
	draft, err := os.CreateTemp(filepath.Dir(path), secretFile+"-*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("the development secret cannot be kept: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.WriteString(value + "\n")
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Link(draft.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return keptSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("the development secret cannot be kept: %w", err)
	}
	return value, nil
}

func keptSecret(path string) (string, error) {
	data, err := os.ReadFile(path) //nolint:gosec // in the working directory
	if err != nil {
		return "", fmt.Errorf("the development secret cannot be read: %w", err)
	}
	value := strings.TrimSpace(string(data))
	if value == "" {
		return "", fmt.Errorf("%s is empty; delete it to have a new secret made", path)
	}
	return value, nil
}

// newSecret makes a secret of 256 bits that fits into any file and shell.
func newSecret(random io.Reader) string { return secret.Text(random, secret.Alphanumeric, 43) }
