package server

import "github.com/watchword-auth/watchword/server/config"

// ignored are keys of the reference that have nothing to act on here. A file
// that has served the reference may hold them.
var ignored = []struct {
	key  string
	node func(*file) *config.Node
	text string
}{
	{"advanced.database.joins", func(f *file) *config.Node { return f.Advanced.Database.Joins },
		"is ignored: rows are joined wherever that saves a statement"},
	{"advanced.database.defaultFindManyLimit", func(f *file) *config.Node { return f.Advanced.Database.DefaultFindManyLimit },
		"is ignored: every list has a limit of its own"},
	{"advanced.crossSubDomainCookies.additionalCookies", func(f *file) *config.Node { return f.Advanced.CrossSubDomainCookies.AdditionalCookies },
		"is ignored, as the reference does: all cookies are shared"},
	{"onAPIError.throw", func(f *file) *config.Node { return f.OnAPIError.Throw }, "is ignored: a server has nobody to throw to"},
	{"telemetry", func(f *file) *config.Node { return f.Telemetry }, "is ignored: nothing is ever sent anywhere"},
	{"experimental", func(f *file) *config.Node { return f.Experimental }, "is ignored"},
}

// warnings name what the file says in vain.
func (f *file) warnings() []string {
	var list []string
	for _, i := range ignored {
		n := i.node(f)
		if on, isSwitch := n.Bool(); n == nil || isSwitch && !on {
			continue
		}
		list = append(list, f.root.At(i.key).Errorf("%s", i.text).Error())
	}
	return list
}
