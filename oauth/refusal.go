package oauth

import "strings"

// Refusal is why an identity is not let in, in the reference's words.
type Refusal string

// The refusals of [SignIn] and [Link].
const (
	RefusedNotLinked     Refusal = "account not linked"
	RefusedSignUp        Refusal = "signup disabled"
	RefusedCreateUser    Refusal = "unable to create user"
	RefusedSession       Refusal = "unable to create session"
	RefusedUpdate        Refusal = "unable to update account"
	RefusedLink          Refusal = "unable to link account"
	RefusedEmailVerified Refusal = "email_not_verified"
	RefusedOtherEmail    Refusal = "email_does_not_match"
	RefusedOtherUser     Refusal = "account_already_linked_to_different_user"
)

// Error returns the words.
func (r Refusal) Error() string { return string(r) }

// Code returns the code for a redirect.
func (r Refusal) Code() string { return strings.ReplaceAll(string(r), " ", "_") }
