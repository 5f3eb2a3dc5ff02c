/** What Temporal's own page and `status` filter campaigns by; an embedded server registers them when it starts. */
export const searchAttributes = {
  NextuneCampaign: 'Keyword',
  NextuneRound: 'Int',
  NextunePhase: 'Keyword',
  NextuneScore: 'Double',
} as const;
