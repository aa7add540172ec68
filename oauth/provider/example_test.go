package provider_test

import (
	"context"
	"fmt"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

func ExampleNew() {
	github, err := provider.New("github", provider.Options{ClientID: provider.ClientIDs{"my-id"}, ClientSecret: "my-secret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	url, err := github.Authorize(context.Background(), &oauth.AuthorizationRequest{
		State: "a-state", RedirectURI: "https://app.example.com/api/auth/callback/github",
	})
	fmt.Println(url, err)
	// Output: https://github.com/login/oauth/authorize?response_type=code&client_id=my-id&state=a-state&scope=read%3Auser+user%3Aemail&redirect_uri=https%3A%2F%2Fapp.example.com%2Fapi%2Fauth%2Fcallback%2Fgithub <nil>
}
