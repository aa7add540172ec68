package server

import (
	"maps"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/server/config"
)

// rolesFile is where the reference takes an access controller and the roles
// made from it. A file names both by their statements, besides the built-in
// ones:
//
//	ac: {project: [create, share]}
//	roles: {manager: {project: [create, share], member: [create]}}
type rolesFile struct {
	Statements access.Statements `key:"ac"`
	Roles      *config.Node      `key:"roles"`
}

// read adds to the built-in statements and roles what the file says. A role
// with a built-in name replaces that one. The results are nil where the file
// says nothing.
func (f rolesFile) read(statements access.Statements, builtIn access.Roles) (*access.Control, access.Roles, error) {
	if f.Statements == nil && f.Roles == nil {
		return nil, nil, nil
	}
	control, roles := access.New(statements.Merge(f.Statements)), maps.Clone(builtIn)
	if f.Roles == nil {
		return control, roles, nil
	}
	err := f.Roles.Members(func(key, value *config.Node) error {
		var may access.Statements
		if err := config.Decode(value, &may); err != nil {
			return err
		}
		// A misspelled action would be one that nobody ever has.
		if missing := access.Missing(may, control.Statements()); missing != nil {
			return value.Errorf("%s is no action; name your own in \"ac\"", missing[0])
		}
		roles[key.Name()] = control.Role(may)
		return nil
	})
	return control, roles, err
}
