package phonenumber

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Verify is POST /phone-number/verify.
const Verify core.Ref[VerifyInput, VerifyOutput] = "verifyPhoneNumber"

// VerifyInput proves a number.
type VerifyInput struct {
	PhoneNumber string `json:"phoneNumber"`
	Code        string `json:"code"`
	// DisableSession proves the number and signs nobody in.
	DisableSession input.Opt[bool] `json:"disableSession,omitzero"`
	// UpdatePhoneNumber makes the number that of the caller's user.
	UpdatePhoneNumber input.Opt[bool] `json:"updatePhoneNumber,omitzero"`
	// Fields holds what was sent for added columns of a new user, and
	// whatever else was sent, which is ignored.
	Fields map[string]json.RawMessage `json:"-"`
}

// Bind reads the body.
func (in *VerifyInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("phoneNumber", &in.PhoneNumber).Describe("The number the code was sent to")
	body.Text("code", &in.Code).Describe("The code")
	body.OptBool("disableSession", &in.DisableSession)
	body.OptBool("updatePhoneNumber", &in.UpdatePhoneNumber)
	in.Fields = b.Record().All()
}

// MarshalJSON writes the input as a client would send it.
func (in *VerifyInput) MarshalJSON() ([]byte, error) {
	type members VerifyInput
	return input.MarshalFields((*members)(in), in.Fields)
}

// VerifyOutput is the user whose number is proven. Token is nil where nobody is
// signed in.
type VerifyOutput struct {
	Status bool       `json:"status"`
	Token  *string    `json:"token"`
	User   *core.User `json:"user"`
}

// verify spends the code in the transaction that stores what it proved: what
// fails leaves it as it was.
func (n *numbers) verify(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	p, err := n.judge(c, toVerify(in.PhoneNumber), in.PhoneNumber, in.Code)
	if err != nil {
		return nil, err
	}
	if in.UpdatePhoneNumber.Value {
		return n.attach(c, in.PhoneNumber, p)
	}
	u, err := n.byNumber(c, in.PhoneNumber)
	created := errors.Is(err, db.ErrNotFound)
	if created {
		u, err = n.newUser(c, in)
	}
	if err != nil {
		return nil, p.orSpend(c, err)
	}
	var current *core.Current
	err = c.Transaction(func(c *core.Context) error {
		proven, err := n.settle(c, p, *u, created)
		if err != nil {
			return err
		}
		current = &core.Current{User: proven}
		if !in.DisableSession.Value {
			current.Session, err = c.Sessions().Create(proven, core.NewSession{})
		}
		return err
	})
	if err != nil {
		return nil, p.orSpend(c, taken(err))
	}
	out := &VerifyOutput{Status: true, User: current.User}
	if current.Session != nil {
		c.ReplaceSession(current)
		out.Token = &current.Session.Token
	}
	return out, n.tell(c, in.PhoneNumber, current.User)
}

// settle spends the code and stores the user, or that the number is theirs. It
// takes the user by value: a transaction may be run again.
func (n *numbers) settle(c *core.Context, p *proof, u core.User, create bool) (*core.User, error) {
	if err := p.spend(c); err != nil {
		return nil, err
	}
	if create {
		return &u, c.Users().Create(&u)
	}
	number, _ := n.number.Get(&u)
	proven, err := c.Users().UpdateWhere(u.ID, []db.Where[core.User]{n.number.Eq(number)}, n.verified.To(true))
	if errors.Is(err, db.ErrNotFound) {
		err = core.ErrUserNotFound // gone, or the number is another's by now
	}
	return proven, err
}

// newUser shapes the user of a number that nobody has, or refuses.
func (n *numbers) newUser(c *core.Context, in *VerifyInput) (*core.User, error) {
	if n.SignUp == nil {
		return nil, core.ErrUserNotFound
	}
	u := &core.User{Email: n.SignUp.TempEmail(in.PhoneNumber), Name: n.SignUp.TempName(in.PhoneNumber)}
	fields := maps.Clone(in.Fields)
	delete(fields, column)
	if err := input.CreateFields(c.Tables().Users.Table, u, fields); err != nil {
		return nil, err
	}
	n.number.Set(u, in.PhoneNumber)
	n.verified.Set(u, true)
	return u, c.ValidateUser(u, core.UserSource{Method: "phone-number", Action: "create-user"})
}

// attach makes a number that nobody has that of the caller's user.
func (n *numbers) attach(c *core.Context, number string, p *proof) (*VerifyOutput, error) {
	current, err := c.StoredSession()
	if err == nil && current == nil {
		err = core.ErrUserNotFound.WithStatus(http.StatusUnauthorized)
	}
	if err == nil {
		_, err = n.byNumber(c, number)
		if err == nil {
			err = ErrPhoneNumberExists
		} else if errors.Is(err, db.ErrNotFound) {
			err = nil
		}
	}
	if err != nil {
		return nil, p.orSpend(c, err)
	}
	var u *core.User
	err = c.Transaction(func(c *core.Context) (err error) {
		if err = p.spend(c); err == nil {
			u, err = c.Users().Update(current.User.ID, n.number.To(number), n.verified.To(true))
		}
		return err
	})
	switch {
	case errors.Is(err, db.ErrConflict):
		return nil, p.orSpend(c, taken(err))
	case errors.Is(err, db.ErrNotFound):
		return nil, core.ErrFailedToUpdateUser.Wrap(err)
	case err != nil:
		return nil, err
	}
	c.RefreshSessionCache(&core.Current{Session: current.Session, User: u})
	return &VerifyOutput{Status: true, Token: &current.Session.Token, User: u}, n.tell(c, number, u)
}

func (n *numbers) tell(c *core.Context, number string, u *core.User) error {
	if n.OnVerification == nil {
		return nil
	}
	return n.OnVerification(c, number, u)
}
