package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// drainTime is how long requests and messages that were accepted may still
// take when the server is to stop.
const drainTime = 20 * time.Second

type serveOptions struct {
	config     string
	production bool
	migrate    bool
	listen     string // wins over the file's
}

// serve runs the server until ctx ends.
func (s *System) serve(ctx context.Context, o serveOptions) error {
	f, err := s.configure(o.config, o.production)
	if err != nil {
		return err
	}
	if o.listen != "" {
		f.Listen = o.listen
	}
	if _, port, err := net.SplitHostPort(f.Listen); err == nil && o.config == "" {
		f.BaseURL.text = "http://localhost:" + port
	}
	in, err := s.assemble(ctx, f, posture{production: o.production})
	if err != nil {
		return err
	}
	if err := in.migrate(ctx, o.migrate || o.config == ""); err != nil {
		in.release()
		return err
	}
	site := &site{in: in}
	if f.Metrics.Listen != "" {
		site.metrics = newMetrics()
	}
	listeners, err := listen(ctx, f.Listen, f.Metrics.Listen)
	if err != nil {
		in.release()
		return err
	}
	in.auth.Start()
	f.Listen = listeners[0].Addr().String() // the port was perhaps the system's to choose
	s.announce(f, o, in)
	return site.run(ctx, listeners)
}

// configure loads the file, or makes the development configuration where none
// is named.
func (s *System) configure(path string, production bool) (*file, error) {
	if path == "" {
		if production {
			return nil, errors.New("in production posture nothing is guessed: name a configuration with --config")
		}
		return s.development()
	}
	f, err := s.load(path)
	if err != nil {
		return nil, err
	}
	if production {
		if faults := f.checkProduction(); len(faults) > 0 {
			return nil, errors.Join(faults...)
		}
	}
	return f, f.checkSecret()
}

func (f *file) checkSecret() error {
	if f.Secret == "" && len(f.Secrets) == 0 {
		return f.root.Errorf("secret is missing: `watchword secret` makes one; it may also come from WATCHWORD_SECRET")
	}
	return nil
}

// listen opens the public listener and, where it has an address, that of the
// metrics.
func listen(ctx context.Context, public, private string) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, address := range []string{public, private} {
		if address == "" {
			continue
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			for _, opened := range listeners {
				_ = opened.Close()
			}
			return nil, fmt.Errorf("the server cannot listen on %s: %w", address, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// run serves until ctx ends, then drains: first requests, then messages.
func (s *site) run(ctx context.Context, listeners []net.Listener) error {
	servers := []*http.Server{s.newServer(s.handler())}
	if len(listeners) > 1 {
		servers = append(servers, s.newServer(s.metrics.handler()))
	}
	failed := make(chan error, len(servers))
	for i, server := range servers {
		go func() { failed <- server.Serve(listeners[i]) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.draining.Store(true)
	s.in.log.Info("the server stops", "draining", true)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(drain))
	}
	return errors.Join(err, s.in.close(drain))
}

// announce says in a few lines what runs and what was guessed.
func (s *System) announce(f *file, o serveOptions, in *instance) {
	if o.production {
		in.log.Info("the server is ready", "listen", f.Listen, "version", s.Version)
		return
	}
	var b strings.Builder
	// Pages must be opened where the base URL says: another name of this
	// machine is another origin.
	site := "http://" + f.Listen
	options := in.auth.Kernel().Options()
	if base, err := url.Parse(options.BaseURL); err == nil && base.Host != "" {
		site = base.Scheme + "://" + base.Host
		if _, port, err := net.SplitHostPort(f.Listen); err == nil && base.Port() == "0" {
			site = base.Scheme + "://" + net.JoinHostPort(base.Hostname(), port)
		}
	}
	fmt.Fprintf(&b, "Watchword %s on %s%s (development)\n", s.Version, site, options.BasePath)
	if o.config == "" {
		fmt.Fprintf(&b, "  database  watchword.db, migrated\n  secret    %s, generated; keep it to yourself\n", secretFile)
		fmt.Fprintf(&b, "  sign-in   email and password\n")
	}
	fmt.Fprintf(&b, "  messages  %s/dev/mailbox\n", site)
	_, _ = fmt.Fprint(s.Stdout, b.String())
}
