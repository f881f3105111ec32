/** A DistributionConfig with everything that a careless read-modify-write would lose. */
export const RICH_XML = `<?xml version="1.0" encoding="UTF-8"?>
<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/" future="yes">
  <!-- kept by hand -->
  <CallerReference>rich-1</CallerReference>
  <Aliases><Quantity>2</Quantity><Items><CNAME>www.example.com</CNAME><CNAME>*.example.org</CNAME></Items></Aliases>
  <DefaultRootObject>home.html</DefaultRootObject>
  <Origins><Quantity>2</Quantity><Items>
    <Origin><Id>site</Id><DomainName>b.s3.us-east-1.amazonaws.com</DomainName><OriginPath>/v1</OriginPath><OriginAccessControlId>EOAC</OriginAccessControlId></Origin>
    <Origin><Id>api</Id><DomainName>api.example.com</DomainName><OriginPath></OriginPath></Origin>
  </Items></Origins>
  <DefaultCacheBehavior>
    <TargetOriginId>site</TargetOriginId>
    <ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>
    <FutureSetting><Level a="1">&amp;deep</Level></FutureSetting>
    <LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>
  </DefaultCacheBehavior>
  <CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior>
    <PathPattern>/api/*</PathPattern>
    <TargetOriginId>api</TargetOriginId>
    <ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>
    <AllowedMethods><Quantity>3</Quantity><Items><Method>GET</Method><Method>HEAD</Method><Method>OPTIONS</Method></Items></AllowedMethods>
    <FunctionAssociations><Quantity>1</Quantity><Items><FunctionAssociation><FunctionARN>arn:aws:cloudfront::111122223333:function/rewrite</FunctionARN><EventType>viewer-request</EventType></FunctionAssociation></Items></FunctionAssociations>
  </CacheBehavior></Items></CacheBehaviors>
  <CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>403</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode></CustomErrorResponse></Items></CustomErrorResponses>
  <Comment>a &lt;rich&gt; one</Comment>
  <Enabled>true</Enabled>
  <WebACLId>acl</WebACLId>
</DistributionConfig>`

/** The document with one association on the default behavior. */
export function withLambda(xml: string, arn: string, eventType = 'viewer-request'): string {
  return xml.replace(
    '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
    `<LambdaFunctionAssociations><Quantity>1</Quantity><Items><LambdaFunctionAssociation><LambdaFunctionARN>${arn}</LambdaFunctionARN><EventType>${eventType}</EventType></LambdaFunctionAssociation></Items></LambdaFunctionAssociations>`,
  )
}
