package harness

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// BasePath is that of all instances.
	BasePath = "/api/auth"
	// Secret is what instances sign with.
	Secret = "a-secret-for-tests-0123456789-abcdefghij"

	origin = "http://auth.test"
)

// Instance is a running server: one process of the binary.
type Instance struct {
	Profile Profile
	Origin  string // of its base URL, where it is fixed to one
	Listen  string // host and port of its listener
	Mail    *Mailbox
	Store   *Store
	// Providers are two OpenID Connect providers it is configured with; they
	// do not know each other.
	Providers [2]*Provider
	// Google is configured as it is in production, and found on the Internet.
	Google   *Provider
	Internet *Internet

	host    string
	storage JSON // its part of the configuration
	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
	log     lockedBuffer
}

// Log returns what the instance has written to its standard error.
func (i *Instance) Log() string { return i.log.String() }

// Process returns the process's number.
func (i *Instance) Process() int { return i.process.Process.Pid }

// start runs the binary with a profile's configuration and the changes to it,
// until keep ends.
func start(keep testing.TB, binary string, p Profile, overlay JSON) (*Instance, error) {
	i := &Instance{Profile: p, Mail: newMailbox()}
	keep.Cleanup(i.Mail.server.Close)
	config := i.everything(keep)
	storage, store := p.open(keep)
	i.Store, i.storage = store, storage
	merge(config, storage)
	merge(config, overlay)
	i.Origin, i.host = origin, strings.TrimPrefix(origin, "http://")
	if text, ok := config["baseURL"].(string); ok {
		i.Origin = text
		_, i.host, _ = strings.Cut(text, "://")
	}
	file := filepath.Join(keep.TempDir(), "watchword.json")
	for attempt := 0; ; attempt++ {
		i.Listen = freePort()
		config["listen"] = i.Listen
		err := i.run(keep, binary, file, config)
		// A free port may be somebody's connection a moment later.
		if err == nil || attempt == 3 || !strings.Contains(err.Error(), "address already in use") {
			return i, err
		}
	}
}

// run starts the process and waits until it is ready.
func (i *Instance) run(keep testing.TB, binary, file string, config JSON) error {
	data, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	i.ended = make(chan struct{})
	i.process = exec.Command(binary, "serve", "--migrate", "--config", file)
	i.process.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "SSL_CERT_FILE=" + i.Internet.roots}
	i.process.Stderr = &i.log
	if err := i.process.Start(); err != nil {
		return err
	}
	process, ended := i.process, i.ended
	go func() {
		_ = process.Wait()
		close(ended)
	}()
	keep.Cleanup(i.stop)
	return i.await()
}

func (i *Instance) stop() {
	_ = i.process.Process.Kill()
	<-i.ended
}

// await waits until the instance says that it is ready.
func (i *Instance) await() error {
	client := &http.Client{Timeout: 5 * time.Second}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		r, err := client.Get("http://" + i.Listen + "/readyz")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-i.ended:
			return fmt.Errorf("the server does not start: %s", i.Log())
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server is not ready after %s: %s", patience, i.Log())
}

// freePort returns an address nobody listens on at the moment.
func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // no port on loopback: nothing here can work
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// everything is a configuration with all features on. What a row needs in
// another way it changes.
func (i *Instance) everything(keep testing.TB) JSON {
	providers := make([]JSON, len(i.Providers))
	for n := range i.Providers {
		i.Providers[n] = NewProvider(keep)
		providers[n] = JSON{
			"providerId": ProviderIDs[n], "discoveryUrl": i.Providers[n].URL + "/.well-known/openid-configuration",
			"clientId": ClientID, "clientSecret": "the client's secret", "scopes": []string{"openid", "email", "profile"}, "allowPrivateAddresses": true,
		}
	}
	i.Internet = newInternet(keep)
	i.Google = newGoogle(i.Internet)
	application := JSON{"clientId": ClientID, "clientSecret": "the client's secret"}
	return JSON{
		"outboundProxy": i.Internet.URL,
		"socialProviders": JSON{
			"apple": application, "discord": application, "facebook": application, "github": application, "google": application,
			"microsoft": application,
		},
		"baseURL": origin, "secret": Secret, "trustedOrigins": []string{"https://app.example.com", "https://*.wild.example", "myapp://auth"},
		"emailAndPassword": JSON{"enabled": true},
		"user":             JSON{"changeEmail": JSON{"enabled": true}, "deleteUser": JSON{"enabled": true}},
		"delivery":         JSON{"webhook": JSON{"url": i.Mail.server.URL}},
		"plugins": JSON{
			"admin": true, "anonymous": true, "apiKey": JSON{"enableSessionForAPIKeys": true, "enableMetadata": true}, "bearer": true, "deviceAuthorization": true, "emailOTP": true,
			"genericOAuth": JSON{"config": providers}, "jwt": true, "magicLink": true, "multiSession": true, "oneTap": true, "oneTimeToken": true, "organization": JSON{"teams": JSON{"enabled": true}},
			"passkey": JSON{"rpID": "auth.test"}, "phoneNumber": true, "twoFactor": true, "username": true,
		},
	}
}

// merge puts changes into a configuration, member by member where both have
// an object. Null removes.
func merge(config, changes JSON) {
	for name, value := range changes {
		below, isObject := value.(JSON)
		into, wasObject := config[name].(JSON)
		switch {
		case value == nil:
			delete(config, name)
		case isObject && wasObject:
			copied := JSON{}
			merge(copied, into)
			merge(copied, below)
			config[name] = copied
		default:
			config[name] = value
		}
	}
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Address returns an e-mail address nobody has, for somebody of that name.
func (s *Site) Address(name string) string {
	return name + "-" + strings.ToLower(rand.Text()[:10]) + "@example.com"
}
