import type { CampaignConfig, ModelConfig } from '../../contract/config.js';
import type { ConfigIssue } from './issues.js';

const carriesSecret = (url: string): boolean => {
  const { username, password, search } = new URL(url);
  return `${username}${password}${search}` !== '';
};

const inAddress = (path: string[], url: string | undefined, place: string): ConfigIssue[] =>
  url === undefined || !carriesSecret(url)
    ? []
    : [
        {
          path,
          onKey: false,
          message: `an address is stored and shown, so it must hold no user, password or query: ${place}`,
        },
      ];

const inModel = (path: string[], model: ModelConfig | undefined): ConfigIssue[] => {
  if (model?.kind !== 'openai') return [];
  const name = model.apiKeyEnv;
  const message =
    'not the name of an environment variable (letters, digits and _): the key itself is never written here';
  return [
    ...inAddress([...path, 'baseUrl'], model.baseUrl, "name the key's variable under apiKeyEnv"),
    ...(name === undefined || /^[A-Za-z_]\w*$/.test(name)
      ? []
      : [{ path: [...path, 'apiKeyEnv'], onKey: false, message }]),
  ];
};

/**
 * Values that may hold a key, which the campaign's record would keep; the messages do not show them. Not a part of the schema:
 * records made before this was refused are still read.
 */
export const secretIssues = ({ model, evaluation, store }: CampaignConfig): ConfigIssue[] => [
  ...inModel(['model'], model),
  ...inModel(['evaluation', 'proxy'], evaluation.proxy),
  ...inAddress(['store', 's3', 'endpoint'], store.s3?.endpoint, 'credentials go where the AWS SDK looks for them'),
];
