module example.com/shop

go 1.22

require (
	github.com/Azure/azure-sdk-for-go/sdk/azidentity v1.5.1 // expect: azure-library
	github.com/Azure/azure-sdk-for-go/sdk/storage/azblob v1.3.0 // expect: azure-library
	github.com/gorilla/mux v1.8.1
)
