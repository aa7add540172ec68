// Package provider has the social providers that are built in: one small file
// for each, with what is peculiar to it.
//
//	github, err := provider.New("github", provider.Options{ClientID: []string{id}, ClientSecret: secret})
//
// Names, endpoints, scopes, parameters and the mapping of profiles are those
// of Better Auth 1.7. Where the reference trusts what a provider says
// without looking, the difference is on the side of refusing: the ID token of
// a code flow is verified where the provider publishes its keys.
package provider
