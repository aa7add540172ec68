package provider

// builtin are the providers by name. It is never changed.
var builtin = map[string]func(*Options) (*spec, error){
	"apple": apple, "atlassian": atlassian, "cloudflare": cloudflare, "cognito": cognito, "discord": discord,
	"dropbox": dropbox, "facebook": facebook, "figma": figma, "github": github, "gitlab": gitlab, "google": google,
	"huggingface": huggingFace, "kakao": kakao, "kick": kick, "line": line, "linear": linear, "linkedin": linkedIn,
	"microsoft": microsoft, "naver": naver, "notion": notion, "paybin": paybin, "paypal": payPal, "polar": polar,
	"railway": railway, "reddit": reddit, "roblox": roblox, "salesforce": salesforce, "slack": slack,
	"spotify": spotify, "tiktok": tikTok, "twitch": twitch, "twitter": twitter, "vercel": vercel, "vk": vk,
	"wechat": weChat, "zoom": zoom,
}
