package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/watchword-auth/watchword/core"
)

// SMTP is the configuration of a mail server.
type SMTP struct {
	Host     string `key:"host"`
	Port     int    `key:"port"` // 0: 587, or 465 with implicit TLS
	Username string `key:"username"`
	Password string `key:"password"`
	From     string `key:"from"`
	// TLS is "starttls" where empty, "implicit", or "none" for a server on
	// this machine.
	TLS string `key:"tls"`
}

// smtp sends mails, over a connection for each.
type smtp struct {
	options SMTP
	app     string
	dial    []mail.Option
}

const smtpTimeout = 20 * time.Second

func newSMTP(o SMTP, app string) (*smtp, error) {
	if o.Host == "" {
		return nil, errors.New("host is missing")
	}
	if o.From == "" {
		return nil, errors.New(`from is missing, such as "Example <no-reply@example.com>"`)
	}
	s := &smtp{options: o, app: app, dial: []mail.Option{mail.WithTimeout(smtpTimeout)}}
	port := o.Port
	switch o.TLS {
	case "", "starttls":
		port = or(port, mail.DefaultPortTLS)
		s.dial = append(s.dial, mail.WithTLSPolicy(mail.TLSMandatory))
	case "implicit":
		port = or(port, mail.DefaultPortSSL)
		s.dial = append(s.dial, mail.WithSSL())
	case "none":
		if o.Password != "" {
			return nil, errors.New(`tls is "none", which would send the password in the clear`)
		}
		port = or(port, mail.DefaultPort)
		s.dial = append(s.dial, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, errors.New("tls must be one of starttls, implicit, none")
	}
	s.dial = append(s.dial, mail.WithPort(port))
	if o.Username != "" {
		s.dial = append(s.dial, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(o.Username), mail.WithPassword(o.Password))
	}
	if _, err := mail.NewClient(o.Host, s.dial...); err != nil {
		return nil, err
	}
	return s, mail.NewMsg().From(o.From)
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func (s *smtp) name() string { return "smtp" }

func (s *smtp) send(ctx context.Context, m *core.Message) error {
	if !strings.Contains(m.To, "@") {
		return nil // a telephone number; another target sends it
	}
	letter := write(m, s.app)
	msg := mail.NewMsg()
	if err := msg.From(s.options.From); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return errors.New("the recipient's address is not one that mail can carry")
	}
	msg.Subject(letter.Subject)
	msg.SetDate()
	s.identify(msg, m.ID)
	msg.SetBodyString(mail.TypeTextPlain, letter.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, letter.HTML)
	return s.transmit(ctx, msg)
}

// identify gives repetitions of a message one Message-ID, so that the receiver
// can drop them.
func (s *smtp) identify(msg *mail.Msg, id string) {
	_, domain, ok := strings.Cut(strings.TrimSuffix(s.options.From, ">"), "@")
	plain := func(r rune) bool { return r > ' ' && r < 0x7f && !strings.ContainsRune("<>@()[]\\,;:\"", r) }
	if !ok || id == "" || strings.ContainsFunc(id, func(r rune) bool { return !plain(r) }) {
		msg.SetMessageID()
		return
	}
	msg.SetMessageIDWithValue(id + "@" + domain)
}

// transmit tries again after failures that pass, such as greylisting.
func (s *smtp) transmit(ctx context.Context, msg *mail.Msg) error {
	for attempt, wait := 1, time.Second; ; attempt, wait = attempt+1, 3*wait {
		client, err := mail.NewClient(s.options.Host, s.dial...)
		if err != nil {
			return err
		}
		err = client.DialAndSendWithContext(ctx, msg)
		var failed *mail.SendError
		passing := !errors.As(err, &failed) || failed.IsTemp()
		if err == nil || !passing || attempt == 3 || sleep(ctx, wait) != nil {
			return err
		}
	}
}
