package emailpassword

import (
	"context"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/secret"
)

// hidesDuplicates reports whether signing up with a known address looks like
// any other sign-up. Where sign-up signs in at once it cannot.
func hidesDuplicates(o *core.EmailAndPassword) bool {
	return o.RequireEmailVerification || o.DisableAutoSignIn
}

// duplicate answers a sign-up with the address of a known user, and tells the
// application, whose mail to that user may be slow: in the background.
func duplicate(c *core.Context, u, known *core.User) (*SignUpOutput, error) {
	if tell := c.Options().EmailAndPassword.OnExistingUserSignUp; tell != nil {
		k, request := c.Kernel(), c.Request()
		c.Background("onExistingUserSignUp", func(ctx context.Context) error {
			after, err := k.NewContext(ctx, request)
			if err != nil {
				return err
			}
			return tell(after, known)
		})
	}
	return synthesize(c, u)
}

// synthesize makes the answer of a sign-up that stored nothing. The row was
// shaped by the input as a stored one is; what storing adds is added here.
func synthesize(c *core.Context, u *core.User) (*SignUpOutput, error) {
	now := c.Now()
	fake := *u
	fake.EmailVerified, fake.CreatedAt, fake.UpdatedAt = false, now, now
	if fake.ID = c.NewID("user"); fake.ID == "" {
		fake.ID = secret.ID(c.Random())
	}
	if shape := c.Options().EmailAndPassword.SyntheticUser; shape != nil {
		if err := shape(c, &fake); err != nil {
			return nil, err
		}
	}
	return &SignUpOutput{User: &fake}, nil
}
