package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// refuseAddresses proves that no endpoint that takes an address takes these,
// and that nothing is mailed.
func refuseAddresses(s *harness.Site, v *harness.Client, addresses ...any) {
	w := s.Watch("evil.test")
	for _, address := range addresses {
		for _, r := range []route{
			{"/sign-up/email", body{"email": address, "password": harness.Password, "name": "n"}},
			{"/request-password-reset", body{"email": address}},
			{"/send-verification-email", body{"email": address}},
			{"/sign-in/magic-link", body{"email": address}},
			{"/email-otp/send-verification-otp", body{"email": address, "type": "sign-in"}},
			{"/email-otp/request-password-reset", body{"email": address}},
		} {
			w.Refused(s.Client().Post(r.path, r.body), http.StatusBadRequest, "")
		}
		w.Refused(v.Post("/change-email", body{"newEmail": address}), http.StatusBadRequest, "")
	}
	s.NoMessage("evil.test")
}

func twoAddresses(_ *testing.T, s *harness.Site) {
	victim := s.Address("victim")
	refuseAddresses(s, s.SignUp(victim), "a@evil.test,"+victim, "a@evil.test "+victim, "a@evil.test;"+victim, "a@evil.test\nbcc:"+victim,
		victim+",a@evil.test", []string{"a@evil.test", victim}, body{"0": "a@evil.test", "1": victim}, victim+"\r\nTo: a@evil.test")
}

func quotedAddresses(_ *testing.T, s *harness.Site) {
	victim := s.Address("victim")
	refuseAddresses(s, s.SignUp(victim), `"e@evil.test"@example.com`, "<e@evil.test>@example.com", "Name <e@evil.test>", `"e evil.test"@example.com`,
		"e@evil.test(comment)", "e@evil.test ", "(comment)e@evil.test", "mailto:e@evil.test")
}

func twoDomains(_ *testing.T, s *harness.Site) {
	refuseAddresses(s, s.SignUp(s.Address("victim")), "a@corp.test@evil.test", "a@evil.test@corp.test", `"a@corp.test"@evil.test`, "a@@evil.test", "@evil.test", "a@evil.test@")
}

func lookAlikes(t *testing.T, s *harness.Site) {
	email := s.Address("kim")
	v := s.SignUp(email)
	rest := strings.TrimPrefix(email, "kim")
	local := strings.TrimSuffix(email, "@example.com")
	for _, alike := range []string{
		local + "＠example.com", local + "@ｅxample.com", "\u212aim" + rest, "k\u0131m" + rest, "kim\u200b" + rest, local + "@ex\u0430mple.com",
		local + "＠example.com@evil.test", local + "@example.com\u3002evil.test", "kim\u00ad" + rest,
	} {
		w := s.Watch(v.User())
		for _, r := range mailers(alike) {
			if a := s.Client().Post(r.path, r.body); a.Status >= 500 {
				t.Errorf("%s for %q: %d %s", r.path, alike, a.Status, a.Body)
			}
		}
		a := s.Client().Post("/sign-in/email", body{"email": alike, "password": harness.Password})
		w.Refused(a, 0, "")
	}
	s.NoMessage(v.User())
	for _, r := range mailers(strings.ToUpper(email)) {
		s.Client().Post(r.path, r.body).Want(http.StatusOK)
	}
	s.Message("reset-password", email) // to the stored spelling
}

// mailed returns a site that mails through a server of its own.
func mailed(t *testing.T, s *harness.Site) (*harness.Site, *harness.MailServer) {
	t.Helper()
	m := harness.NewMailServer(t)
	return s.Own(body{"delivery": body{"smtp": body{"host": m.Host, "port": m.Port, "tls": "none", "from": "auth@auth.test"}}}), m
}

func namesInMails(t *testing.T, shared *harness.Site) {
	s, m := mailed(t, shared)
	email := s.Address("victim")
	name := "<a href=https://evil.example>click</a>\r\nBcc: evil@evil.test"
	v := s.Client()
	v.Post("/sign-up/email", body{"email": email, "password": harness.Password, "name": name}).Want(http.StatusOK)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	org := v.Post("/organization/create", body{"name": name, "slug": s.Address("slug")})
	org.Want(http.StatusOK)
	v.Post("/organization/invite-member", body{"organizationId": org.Text("id"), "email": s.Address("guest"), "role": "member"}).Want(http.StatusOK)
	text := strings.Join(m.Wait(t, 2), "\n")
	plain := strings.NewReplacer("=\n", "", "=3D", "=").Replace(text)
	if strings.Contains(plain, "<a href=https://evil.example") {
		t.Errorf("a name is markup of a mail:\n%s", text)
	}
	if strings.Contains(text, "\nBcc:") || !strings.Contains(text, "\nSubject:") {
		t.Errorf("a name is a line of a mail's head:\n%s", text)
	}
}

func addressesInSMTP(t *testing.T, shared *harness.Site) {
	s, m := mailed(t, shared)
	for _, address := range []string{"a@evil.test\r\nRCPT TO:<b@evil.test>", "a@evil.test%0d%0aRCPT", "a@evil.test\u2028b", "a@evil.test>\r\nDATA",
		strings.Repeat("a", 330) + "@evil.test", "a@evil.test\x00", "-oQ/tmp@evil.test\n"} {
		w := s.Watch("evil.test")
		w.Refused(s.Client().Post("/sign-up/email", body{"email": address, "password": harness.Password, "name": "n"}), http.StatusBadRequest, "")
	}
	email := s.Address("victim")
	s.SignUp(email).Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	recipients := 0
	for _, line := range m.Wait(t, 1) {
		if strings.HasPrefix(strings.ToUpper(line), "RCPT TO:") {
			recipients++
			if !strings.HasPrefix(line[len("RCPT TO:"):], "<"+email+">") {
				t.Errorf("a recipient: %s", line)
			}
		}
	}
	if recipients != 1 {
		t.Errorf("%d recipients", recipients)
	}
}
