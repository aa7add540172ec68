package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/watchword-auth/watchword/secret"
)

// developmentSecret reads the secret kept in a file, or makes one and keeps it
// there for nobody else to read. Two servers that start at once agree on one.
func developmentSecret(path string, random io.Reader) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // in the working directory
	if errors.Is(err, fs.ErrExist) {
		return keptSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("the development secret cannot be kept: %w", err)
	}
	value := newSecret(random)
	_, err = f.WriteString(value + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
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
