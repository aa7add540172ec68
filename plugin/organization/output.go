package organization

import (
	"bytes"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Rows show themselves as clients see them. A row that was never read or
// stored is null.

func appendRow(b []byte, e *db.Extra, row any) []byte {
	if b, ok := e.AppendJSON(b, row); ok {
		return b
	}
	return append(b, "null"...)
}

// AppendJSON writes the row, its metadata as the text that is stored.
func (o *Organization) AppendJSON(b []byte) []byte { return appendRow(b, &o.Extra, o) }

// MarshalJSON writes the row.
func (o *Organization) MarshalJSON() ([]byte, error) { return o.AppendJSON(nil), nil }

// AppendJSON writes the row.
func (m *Member) AppendJSON(b []byte) []byte { return appendRow(b, &m.Extra, m) }

// MarshalJSON writes the row.
func (m *Member) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), nil }

// AppendJSON writes the row.
func (i *Invitation) AppendJSON(b []byte) []byte { return appendRow(b, &i.Extra, i) }

// MarshalJSON writes the row.
func (i *Invitation) MarshalJSON() ([]byte, error) { return i.AppendJSON(nil), nil }

// AppendJSON writes the row.
func (t *Team) AppendJSON(b []byte) []byte { return appendRow(b, &t.Extra, t) }

// MarshalJSON writes the row.
func (t *Team) MarshalJSON() ([]byte, error) { return t.AppendJSON(nil), nil }

// AppendJSON writes the row.
func (m *TeamMember) AppendJSON(b []byte) []byte { return appendRow(b, &m.Extra, m) }

// MarshalJSON writes the row.
func (m *TeamMember) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), nil }

// AppendJSON writes the row, its permission as an object.
func (r *Role) AppendJSON(b []byte) []byte {
	shown := *r
	shown.Permission = ""
	row := appendRow(nil, &shown.Extra, &shown)
	return append(b, bytes.Replace(row, []byte(`"permission":""`), []byte(`"permission":`+r.Permission), 1)...)
}

// MarshalJSON writes the row.
func (r *Role) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// appendParsed writes an organization with its metadata as an object, and
// without any where there is none.
func appendParsed(b []byte, o *Organization) []byte {
	shown := *o
	shown.Metadata = nil
	row, by := appendRow(nil, &shown.Extra, &shown), []byte(nil)
	if o.Metadata != nil {
		by = []byte(`,"metadata":` + *o.Metadata)
	}
	// Within texts quotes are escaped, so that this finds the member only.
	return append(b, bytes.Replace(row, []byte(`,"metadata":null`), by, 1)...)
}

// open drops the brace that closes an object, so that members can follow.
func open(b []byte) []byte { return b[:len(b)-1] }

type appender interface{ AppendJSON(b []byte) []byte }

func appendList[A appender](b []byte, list []A) []byte {
	b = append(b, '[')
	for i, item := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item.AppendJSON(b)
	}
	return append(b, ']')
}

// Parsed is an organization with its metadata as an object.
type Parsed struct{ *Organization }

// AppendJSON writes the output.
func (p *Parsed) AppendJSON(b []byte) []byte { return appendParsed(b, p.Organization) }

// CreateOutput is a new organization and its first member.
type CreateOutput struct {
	Organization *Organization
	Members      []*Member
}

// AppendJSON writes the output.
func (out *CreateOutput) AppendJSON(b []byte) []byte {
	b = append(open(appendParsed(b, out.Organization)), `,"members":`...)
	return append(appendList(b, out.Members), '}')
}

// MemberWithUser is a member and what others may see of the user.
type MemberWithUser struct {
	Member *Member
	User   *core.User
}

// AppendJSON writes the output.
func (m *MemberWithUser) AppendJSON(b []byte) []byte {
	b = open(m.Member.AppendJSON(b))
	if m.User == nil {
		return append(b, '}')
	}
	b = db.AppendJSONString(append(b, `,"user":{"id":`...), m.User.ID)
	b = db.AppendJSONString(append(b, `,"name":`...), m.User.Name)
	b = db.AppendJSONString(append(b, `,"email":`...), m.User.Email)
	b = append(b, `,"image":`...)
	if m.User.Image == nil {
		b = append(b, "null"...)
	} else {
		b = db.AppendJSONString(b, *m.User.Image)
	}
	return append(b, "}}"...)
}

// Full is an organization with all that belongs to it. Invitations are those
// the caller may see.
type Full struct {
	Organization *Organization
	Invitations  []*Invitation
	Members      []*MemberWithUser
	Teams        []*Team // nil without teams
}

// AppendJSON writes the output.
func (f *Full) AppendJSON(b []byte) []byte {
	b = append(open(f.Organization.AppendJSON(b)), `,"invitations":`...)
	b = append(appendList(b, f.Invitations), `,"members":`...)
	b = appendList(b, f.Members)
	if f.Teams != nil {
		b = append(b, `,"teams":[`...)
		for i, t := range f.Teams {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(open(t.AppendJSON(b)), `,"memberCount":`...)
			b = append(strconv.AppendInt(b, t.MemberCount, 10), '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// Organizations and the other lists are encoded as bare arrays.
type (
	Organizations []*Organization
	Invitations   []*Invitation
	TeamList      []*Team
	TeamMembers   []*TeamMember
	RoleList      []*Role
)

// AppendJSON writes the list.
func (l *Organizations) AppendJSON(b []byte) []byte { return appendList(b, *l) }

// AppendJSON writes the list.
func (l *Invitations) AppendJSON(b []byte) []byte { return appendList(b, *l) }

// AppendJSON writes the list.
func (l *TeamList) AppendJSON(b []byte) []byte { return appendList(b, *l) }

// AppendJSON writes the list.
func (l *TeamMembers) AppendJSON(b []byte) []byte { return appendList(b, *l) }

// AppendJSON writes the list.
func (l *RoleList) AppendJSON(b []byte) []byte { return appendList(b, *l) }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
