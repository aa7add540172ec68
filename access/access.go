// Package access says what a role may do: statements name the actions there
// are on each resource, roles hold some of them, and a request is authorized
// against a role.
//
//	documents := access.New(access.Statements{"document": {"read", "share"}})
//	reader := documents.Role(access.Statements{"document": {"read"}})
//	err := reader.Authorize(access.All(access.Statements{"document": {"read"}}), access.And)
//
// It is a library without routes, tables or state; values are immutable and
// safe for concurrent use. It stands beside core, below the plugins that use
// it, so that no plugin has to import another one.
package access

import (
	"fmt"
	"maps"
	"slices"
)

// Statements are actions by resource.
type Statements map[string][]string

// clone copies the statements, so that nobody changes them later.
func (s Statements) clone() Statements {
	c := make(Statements, len(s))
	for resource, actions := range s {
		c[resource] = slices.Clone(actions)
	}
	return c
}

// Merge returns the actions of both, each once.
func (s Statements) Merge(other Statements) Statements {
	merged := s.clone()
	for resource, actions := range other {
		for _, action := range actions {
			if !slices.Contains(merged[resource], action) {
				merged[resource] = append(merged[resource], action)
			}
		}
		if _, ok := merged[resource]; !ok {
			merged[resource] = nil
		}
	}
	return merged
}

// Control knows every action there is.
type Control struct{ statements Statements }

// New makes a control over all of the statements.
func New(all Statements) *Control { return &Control{all.clone()} }

// Statements returns a copy of all statements.
func (c *Control) Statements() Statements { return c.statements.clone() }

// Has reports whether a resource is known.
func (c *Control) Has(resource string) bool { _, ok := c.statements[resource]; return ok }

// Role makes a role that may do what the statements say. Whether they are
// among the control's is not checked, as the reference does not.
func (c *Control) Role(may Statements) *Role { return NewRole(may) }

// Role is what its holder may do. A nil Role may do nothing.
type Role struct{ statements Statements }

// NewRole makes a role without a control.
func NewRole(may Statements) *Role { return &Role{may.clone()} }

// Statements returns a copy of what the role may do.
func (r *Role) Statements() Statements {
	if r == nil {
		return Statements{}
	}
	return r.statements.clone()
}

// Connector says whether all or any of several things are needed.
type Connector uint8

// The connectors.
const (
	And Connector = iota
	Or
)

// Want is what a request asks of one resource. No actions are never granted.
type Want struct {
	Actions   []string
	Connector Connector
}

// Request asks for actions on resources.
type Request map[string]Want

// All is the request for every action of the statements.
func All(statements Statements) Request {
	r := make(Request, len(statements))
	for resource, actions := range statements {
		r[resource] = Want{Actions: actions}
	}
	return r
}

// DeniedError says why a request is not authorized. Resource is empty where no
// single one is to blame.
type DeniedError struct {
	Resource string
	Unknown  bool // the role has no statement about the resource
}

// Error words the refusal as the reference does.
func (e *DeniedError) Error() string {
	switch {
	case e.Resource == "":
		return "Not authorized"
	case e.Unknown:
		return "You are not allowed to access resource: " + e.Resource
	}
	return fmt.Sprintf("unauthorized to access resource %q", e.Resource)
}

// Authorize returns nil where the role may do what is requested: on every
// resource for [And], on any for [Or]. A request for nothing is denied. The
// error is a [*DeniedError].
func (r *Role) Authorize(request Request, connector Connector) error {
	if r == nil {
		return &DeniedError{}
	}
	granted := false
	for _, resource := range slices.Sorted(maps.Keys(request)) {
		allowed, known := r.statements[resource]
		ok := known && request[resource].granted(allowed)
		switch {
		case ok && connector == Or:
			return nil
		case !ok && connector == And:
			return &DeniedError{Resource: resource, Unknown: !known}
		}
		granted = granted || ok
	}
	if !granted {
		return &DeniedError{}
	}
	return nil
}

func (w Want) granted(allowed []string) bool {
	has := func(action string) bool { return slices.Contains(allowed, action) }
	if w.Connector == Or {
		return slices.ContainsFunc(w.Actions, has)
	}
	for _, action := range w.Actions {
		if !has(action) {
			return false
		}
	}
	return len(w.Actions) > 0
}

// Roles are roles by name.
type Roles map[string]*Role

// Authorize reports whether one of the named roles may do everything that is
// requested. Roles that are not there may do nothing.
func (roles Roles) Authorize(names []string, permissions Statements) bool {
	request := All(permissions)
	for _, name := range names {
		if roles[name].Authorize(request, And) == nil {
			return true
		}
	}
	return false
}

// Statements returns what the named roles may do together.
func (roles Roles) Statements(names []string) Statements {
	all := Statements{}
	for _, name := range names {
		all = all.Merge(roles[name].Statements())
	}
	return all
}

// Missing returns what of the wanted statements is not among those held, as
// resource:action in order, and nil where nothing is missing.
func Missing(wanted, held Statements) []string {
	var missing []string
	for _, resource := range slices.Sorted(maps.Keys(wanted)) {
		for _, action := range wanted[resource] {
			if !slices.Contains(held[resource], action) {
				missing = append(missing, resource+":"+action)
			}
		}
	}
	return missing
}
