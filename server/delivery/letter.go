package delivery

import (
	"fmt"
	"html"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// letter is a message worded as a mail.
type letter struct{ Subject, Text, HTML string }

// wording is what a type of message says. Action labels its link.
type wording struct{ subject, lead, action, ignore string }

const (
	ignoreMail = "If you did not ask for this, you can ignore this mail."
	warnMail   = "If you did not ask for this, somebody may know your password: change it."
)

var wordings = map[string]wording{
	core.MessageVerification:  {"Verify your email address", "Please confirm that this address is yours.", "Verify address", ignoreMail},
	core.MessageResetPassword: {"Reset your password", "A new password was asked for. The link works once, and not for long.", "Choose a new password", ignoreMail},
	core.MessageChangeEmail:   {"Confirm your new email address", "A change of your account's email address was asked for.", "Confirm the change", warnMail},
	core.MessageDeleteAccount: {"Confirm the deletion of your account", "The deletion of your account was asked for. It cannot be undone.", "Delete my account", warnMail},
	"magic-link":              {"Your sign-in link", "Use this link to sign in. It works once, and not for long.", "Sign in", ignoreMail},
	"email-otp":               {"Your code", "This is your code. Do not pass it on to anybody.", "", ignoreMail},
	"two-factor-otp":          {"Your sign-in code", "This is the second step of your sign-in. Do not pass the code on to anybody.", "", warnMail},
	"organization-invitation": {"You are invited", "You have been invited to join an organization.", "See the invitation", ignoreMail},
}

// write words a message.
func write(m *core.Message, app string) *letter {
	w, ok := wordings[m.Type]
	if !ok {
		w = wording{"A message from " + app, "", "Open", ignoreMail}
	}
	lines := make([]string, 0, 5)
	for _, line := range []string{w.lead, m.Code, m.URL, w.ignore, "– " + app} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return &letter{w.subject, strings.Join(lines, "\n\n") + "\n", page(w, m, app)}
}

// page is the letter in HTML. What is empty has no line.
func page(w wording, m *core.Message, app string) string {
	var b strings.Builder
	fill(&b, mailHead, w.subject)
	fill(&b, "<p>%s</p>\n", w.lead)
	fill(&b, mailCode, m.Code)
	if w.action == "" {
		w.action = "Open"
	}
	fill(&b, mailLink, m.URL, w.action, href(m.URL))
	fill(&b, mailNote, w.ignore)
	fill(&b, mailNote, "– "+app)
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// fill writes a piece of a page with the values in it, escaped for text and for
// quoted attributes alike, or nothing where the first is empty.
func fill(b *strings.Builder, piece string, values ...string) {
	if values[0] == "" {
		return
	}
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	fmt.Fprintf(b, piece, escaped...)
}

// href keeps an address that is none of the web from being run.
func href(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return "#"
}

const (
	mailHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>%[1]s</title>
<body style="font: 16px/1.5 sans-serif; max-width: 32em; margin: 2em auto; padding: 0 1em">
<h1 style="font-size: 20px">%[1]s</h1>
`
	mailCode = `<p style="font-size: 28px; letter-spacing: 4px"><strong>%s</strong></p>
`
	mailLink = `<p><a href="%[3]s" style="display: inline-block; padding: 10px 20px; background: #1a56c4; color: #fff; text-decoration: none; border-radius: 6px">%[2]s</a></p>
<p style="color: #666; font-size: 13px">Or copy this address into your browser:<br>%[1]s</p>
`
	mailNote = `<p style="color: #666">%s</p>
`
)
